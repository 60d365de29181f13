import {
  type Acts,
  type Ask,
  auditDraft,
  drawAct,
  drawSample,
  drawsOf,
  proveItem,
  recordActs,
  refuseOpen,
  sourceHere,
} from '../../audit/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import { ExhibitError, parseRecord } from '../../record/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import type { Context } from '../context.ts';
import { actorOf, whereItCan } from '../engagement/flags.ts';
import { requirePolicy, type Within, within } from '../engagement/within.ts';
import { placeOf } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { populationFacts } from '../population/facts.ts';
import { askedOf, type ScopeFlags } from '../population/scope.ts';
import { type Opened, type SourceFlags, withAnswers, withEngine } from '../query/source.ts';
import { VERSION } from '../version.ts';
import type { SampleFacts } from './facts.ts';
import { proofKeys } from './keys.ts';
import { type MethodFlags, methodOf } from './method.ts';
import { showSample } from './show.ts';

export interface SampleFlags extends ScopeFlags, SourceFlags, MethodFlags {
  nonce?: string;
  interim?: boolean;
  vkey: string[];
  output: 'table' | 'json' | 'csv';
}

/**
 * Draws a sample, and records the draw before anything of it is shown. A bucket is only read: there the draw is on no record, which is said with it. Exit 0:
 * drawn of a whole population, and recorded; 3: the population or the list of draws is not known to be whole, or the period is not over.
 * @throws ExhibitError USAGE, LAKE_FAILED, PROOF_INVALID, LEDGER_..., QUERY_...
 */
export async function runSample(flags: SampleFlags, context: Context): Promise<ExitCode> {
  const place = placeOf(flags, context);
  const inside = await within(flags, place, context);
  const drawn = await whereItCan(place, () => drawRecorded(place, inside, context), mayBeCopy(inside));
  const facts =
    'not_recorded' in drawn
      ? await withAnswers(place, flags, context, (source) =>
          draw(source, drawn.not_recorded, inside, context),
        )
      : drawn;
  showSample(facts, flags.output, context);
  return facts.exit_code;
}

/** Outside an engagement a folder without its key is a mistake. */
const mayBeCopy = ({ within }: Within<SampleFlags>): boolean => within !== undefined;

async function drawRecorded(
  folder: string,
  flags: Within<SampleFlags>,
  context: Context,
): Promise<SampleFacts> {
  const ledger = await openWriter(folder, context);
  const drawBy = (ask: Ask) => draw({ reader: ledger, ask, at: folder }, ledger, flags, context);
  try {
    if (flags.engine === 'trino' || flags.engine === 'athena')
      return await withEngine(folder, flags, context, ({ ask }) => drawBy(ask));
    return await drawBy(sourceHere(ledger).ask);
  } finally {
    await ledger.close();
  }
}

/** @param to the ledger that takes the record; or why none does */
async function draw(
  source: Opened & { ask: Ask },
  to: Ledger | string,
  flags: Within<SampleFlags>,
  context: Context,
): Promise<SampleFacts> {
  const { reader } = source;
  const asked = askedOf(flags);
  const method = await methodOf(flags, context);
  const { keys, from } = await proofKeys(source.at, flags.vkey);
  await requirePolicy(flags, source.ask);
  const facts = await populationFacts(source, asked, flags.most, context);
  const { population, end, acts, open, reconciled, compared } = facts;
  refuseOpen(end, asked.scope.to, flags.interim === true);
  if (population.items.length === 0)
    throw new ExhibitError(
      'LAKE_FAILED',
      'the population is empty: there is nothing to draw, and nothing passed',
      {
        hint: 'exhibit population says what was expected.',
      },
    );
  const nonce = flags.nonce ?? Buffer.from(context.random(16)).toString('hex');
  const drawn = drawSample(population, end, nonce, method);
  const earlier = drawsOf(acts, asked.scope, asked.target);
  const act = drawAct({
    population,
    end,
    drawn,
    method,
    nonce_by: flags.nonce === undefined ? 'this machine' : 'given',
    complete: open.length === 0,
    reconciled,
    compared,
    earlier,
  });
  const { draws_unknown, ...recorded } =
    typeof to === 'string'
      ? { not_recorded: to, draws_unknown: acts.unknown }
      : await record(to, act, acts, flags, context);
  const sizes: number[] = [];
  for (const item of drawn.items) sizes.push(await proveItem(reader, item, keys, nodeCrypto));
  const sure = end.over && open.length === 0 && draws_unknown === undefined && !('not_recorded' in recorded);
  return {
    ...facts,
    drawn,
    details: act.details,
    recorded,
    earlier,
    draws_unknown,
    proven: { sizes, keys: from },
    exit_code: sure ? EXIT.ok : EXIT.incomplete,
  };
}

async function record(
  ledger: Ledger,
  act: ReturnType<typeof drawAct>,
  acts: Acts,
  flags: Within<SampleFlags>,
  context: Context,
): Promise<{ record_id: string; log_index: number; draws_unknown: string | undefined }> {
  const by = {
    ...(flags.within === undefined ? {} : { engagement: flags.within.engagement }),
    actor: actorOf(ledger.folder, flags, context),
  };
  const draft = auditDraft({ ...act, ...by }, { ...context, version: VERSION });
  await recordActs(ledger, [draft]);
  await remember(ledger, context);
  const log_index = await ledger.find(draft.record_id);
  if (log_index === undefined)
    throw new ExhibitError('LEDGER_IO', 'the draw was not recorded, so it is not shown');
  const { sequence } = parseRecord((await ledger.entry(log_index)).bytes);
  const draws_unknown =
    acts.unknown ??
    (sequence === acts.numbered
      ? undefined
      : `this is act ${sequence} of the audit, and ${acts.numbered} were read before it`);
  return { record_id: draft.record_id, log_index, draws_unknown };
}
