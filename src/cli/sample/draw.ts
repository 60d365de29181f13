import {
  actsNumbered,
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
import { actorOf } from '../engagement/flags.ts';
import { requirePolicy, type Within, within } from '../engagement/within.ts';
import { folderOf } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { populationFacts } from '../population/facts.ts';
import { type Asked, askedOf, type ScopeFlags } from '../population/scope.ts';
import { VERSION } from '../version.ts';
import type { SampleFacts } from './facts.ts';
import { proofKeys } from './keys.ts';
import { type MethodFlags, methodOf } from './method.ts';
import { showSample } from './show.ts';

export interface SampleFlags extends ScopeFlags, MethodFlags {
  nonce?: string;
  interim?: boolean;
  vkey: string[];
  output: 'table' | 'json' | 'csv';
}

/**
 * Draws a sample, and records the draw before anything of it is shown. Exit 0: drawn of a whole population; 3: the population or the list of
 * earlier draws is not known to be whole, or the period is not over.
 * @throws ExhibitError USAGE, LAKE_FAILED, PROOF_INVALID, LEDGER_..., QUERY_...
 */
export async function runSample(flags: SampleFlags, context: Context): Promise<ExitCode> {
  const folder = folderOf(flags, context);
  const inside = await within(flags, folder, context);
  const asked = askedOf(inside);
  const ledger = await openWriter(folder, context);
  try {
    const facts = await draw(ledger, asked, inside, context);
    showSample(facts, flags.output, context);
    return facts.exit_code;
  } finally {
    await ledger.close();
  }
}

async function draw(
  ledger: Ledger,
  asked: Asked,
  flags: Within<SampleFlags>,
  context: Context,
): Promise<SampleFacts> {
  const method = await methodOf(flags, context);
  const { keys, from } = await proofKeys(ledger.folder, flags.vkey);
  const source = sourceHere(ledger);
  await requirePolicy(flags, source.ask);
  const facts = await populationFacts(source, asked, flags.most, context);
  const { population, end, acts, open, reconciled } = facts;
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
    earlier,
  });
  const by = {
    ...(flags.within === undefined ? {} : { engagement: flags.within.engagement }),
    actor: actorOf(ledger.folder, flags, context),
  };
  const draft = auditDraft({ ...act, ...by }, { ...context, version: VERSION });
  await recordActs(ledger, [draft]);
  await remember(ledger, context);
  const log_index = await placed(ledger, draft.record_id);
  const sizes: number[] = [];
  for (const item of drawn.items) sizes.push(await proveItem(ledger, item, keys, nodeCrypto));
  const { sequence } = parseRecord((await ledger.entry(log_index)).bytes);
  const draws_unknown =
    acts.unknown ??
    (sequence === actsNumbered(acts)
      ? undefined
      : `this is act ${sequence} of the audit, and ${actsNumbered(acts)} were read before it`);
  const sure = end.over && open.length === 0 && draws_unknown === undefined;
  return {
    ...facts,
    drawn,
    details: act.details,
    recorded: { record_id: draft.record_id, log_index },
    earlier,
    draws_unknown,
    proven: { sizes, keys: from },
    exit_code: sure ? EXIT.ok : EXIT.incomplete,
  };
}

async function placed(ledger: Ledger, record_id: string): Promise<number> {
  const index = await ledger.find(record_id);
  if (index !== undefined) return index;
  throw new ExhibitError('LEDGER_IO', 'the draw was not recorded, so it is not shown');
}
