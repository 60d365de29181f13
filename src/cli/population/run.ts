import { auditDraft, recordAct, targetName, textDigest } from '../../audit/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { actorOf, tellNotRecorded, whereItCan } from '../engagement/flags.ts';
import { requirePolicy, type Within, within } from '../engagement/within.ts';
import { placeOf } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { tellGenerated } from '../generated.ts';
import { writing } from '../ledger/memory.ts';
import { type SourceFlags, withAnswers } from '../query/source.ts';
import { inertJson } from '../terminal/json.ts';
import { VERSION } from '../version.ts';
import { populationDocument } from './document.ts';
import { type PopulationFacts, populationFacts } from './facts.ts';
import { populationSchema } from './schema.ts';
import { askedOf, type ScopeFlags } from './scope.ts';
import { populationText } from './text.ts';

export interface PopulationFlags extends ScopeFlags, SourceFlags {
  record: boolean;
  output: 'table' | 'json' | 'ids';
}

/**
 * Shows a population before anybody draws from it. Exit 0: all that was expected is there; 3: it is empty, or not known to be whole.
 * @throws ExhibitError LAKE_FAILED, LEDGER_..., QUERY_..., USAGE
 */
export async function runPopulation(flags: PopulationFlags, context: Context): Promise<ExitCode> {
  const place = placeOf(flags, context);
  const inside = await within(flags, place, context);
  if (inside.within !== undefined && !flags.record)
    throw new ExhibitError('USAGE', 'within an engagement each read is on the record', {
      hint: 'Leave --no-record out.',
    });
  const asked = askedOf(inside);
  const facts = await withAnswers(place, flags, context, async (source) => {
    await requirePolicy(inside, source.ask);
    return populationFacts(source, asked, flags.most, context);
  });
  const recorded = flags.record ? await recordedOr(place, facts, inside, context) : undefined;
  const exit_code = facts.open.length > 0 || facts.population.items.length === 0 ? EXIT.incomplete : EXIT.ok;
  const generated = tellGenerated(facts.population.ledger.origin, flags.output, context);
  switch (flags.output) {
    case 'json': {
      const document = { schemaVersion: 1, ...generated, ...populationDocument(facts), recorded, exit_code };
      context.stdout.write(`${inertJson(populationSchema.parse(document), 2)}\n`);
      break;
    }
    case 'ids': {
      // Canonical JSON and UUIDs have no line breaks: one id a line.
      const ids = facts.population.items.map(({ id }) => id).sort();
      for (const id of ids) context.stdout.write(`${id}\n`);
      break;
    }
    case 'table':
      context.stdout.write(populationText(facts, context.stdout));
  }
  return exit_code;
}

/** A bucket or a copy without a key is read all the same, and the reader is told that nobody else will know. */
async function recordedOr(
  place: string,
  facts: PopulationFacts,
  flags: Within<PopulationFlags>,
  context: Context,
) {
  const write = () => record(place, facts, flags, context);
  // Outside an engagement a folder without its key is a mistake.
  const read = await whereItCan(place, write, flags.within !== undefined);
  if (!('not_recorded' in read)) return read;
  tellNotRecorded(read, context);
  return undefined;
}

async function record(
  folder: string,
  { population, open, reconciled, compared }: PopulationFacts,
  flags: Within<PopulationFlags>,
  context: Context,
) {
  const { scope, target, unit, query, items, digest, result_digest } = population;
  const draft = auditDraft(
    {
      type: 'query',
      kind: 'population asked',
      ...(flags.within === undefined ? {} : { engagement: flags.within.engagement }),
      actor: actorOf(folder, flags, context),
      message: `population of ${targetName(scope, target)}, ${scope.from} to ${scope.to}: ${items.length}`,
      details: {
        ...scope,
        ...target,
        unit,
        question: query.name,
        question_digest: textDigest(query.text),
        result_digest,
        population: items.length,
        population_digest: digest,
        complete: open.length === 0,
        reconciled,
        ...(compared.length === 0 ? {} : { compared }),
      },
    },
    { ...context, version: VERSION },
  );
  return writing(folder, context, async (ledger) => {
    const { record_id, log_index } = await recordAct(ledger, draft);
    return { record_id, log_index };
  });
}
