import { auditDraft, recordAct, targetName, textDigest } from '../../audit/index.ts';
import { type LedgerReader, openReader } from '../../ledger/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { writing } from '../ledger/memory.ts';
import { inertJson } from '../terminal/json.ts';
import { VERSION } from '../version.ts';
import { populationDocument } from './document.ts';
import { type PopulationFacts, populationFacts } from './facts.ts';
import { populationSchema } from './schema.ts';
import { askedOf, folderOf, type ScopeFlags } from './scope.ts';
import { populationText } from './text.ts';

export interface PopulationFlags extends ScopeFlags {
  record: boolean;
  output: 'table' | 'json' | 'ids';
}

/**
 * Shows a population before anybody draws from it. Exit 0: all that was expected is there; 3: it is empty, or not known to be whole.
 * @throws ExhibitError LAKE_FAILED, LEDGER_..., QUERY_..., USAGE
 */
export async function runPopulation(flags: PopulationFlags, context: Context): Promise<ExitCode> {
  const asked = askedOf(flags);
  const folder = folderOf(flags, context);
  const facts = await readThrough(folder, (reader) => populationFacts(reader, asked, flags.most, context));
  const recorded = flags.record ? await record(folder, facts, context) : undefined;
  const exit_code = facts.open.length > 0 || facts.population.items.length === 0 ? EXIT.incomplete : EXIT.ok;
  switch (flags.output) {
    case 'json': {
      const document = { schemaVersion: 1, ...populationDocument(facts), recorded, exit_code };
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

async function readThrough<T>(folder: string, work: (reader: LedgerReader) => Promise<T>): Promise<T> {
  const reader = await openReader(folder);
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}

async function record(folder: string, { population, open, reconciled }: PopulationFacts, context: Context) {
  const { scope, target, unit, query, items, digest, result_digest } = population;
  const draft = auditDraft(
    {
      type: 'query',
      kind: 'population asked',
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
      },
    },
    { ...context, version: VERSION },
  );
  return writing(folder, context, async (ledger) => {
    const { record_id, log_index } = await recordAct(ledger, draft);
    return { record_id, log_index };
  });
}
