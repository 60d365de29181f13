import { hostname } from 'node:os';
import type { UnnumberedRecord } from '../../engine/index.ts';
import { formatInstant, type Layer, SCHEMA, uuidv7 } from '../../record/index.ts';
import type { BundleState } from '../check/bundle-state.ts';
import type { Context } from '../context.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { VERSION } from '../version.ts';
import { Spool } from './spool.ts';

export interface StatesTarget {
  /** Evidence folder, made by `exhibit ledger init`; or the URL of a server. */
  folder: string;
  layer: Layer;
  emitter: string | undefined;
}

/** Records what was wrong with a bundle and what was done about it. When this returns, every record is on disk. */
export async function recordBundleStates(
  states: readonly BundleState[],
  { folder, layer, emitter }: StatesTarget,
  context: Context,
): Promise<void> {
  const ledger = await openWriter(folder, context);
  try {
    const name = emitter ?? `exhibit@${hostname()}`;
    await ledger.append(
      name,
      states.map((state) => stateRecord(state, layer, name, context)),
    );
    await ledger.seal();
    await remember(ledger, context);
  } finally {
    await ledger.close();
  }
}

/** Puts them into the spool of this machine, from which the next run that is sent to a server takes them along. */
export function keepBundleStates(
  states: readonly BundleState[],
  { folder, layer, emitter }: StatesTarget,
  context: Context,
): void {
  const name = emitter ?? `exhibit@${hostname()}`;
  const records = states.map((state) => stateRecord(state, layer, name, context));
  new Spool(folder, context.env).put(uuidv7(context.clock(), context.random), records, new Map());
}

function stateRecord(
  { digest, revision, message, ...details }: BundleState,
  layer: Layer,
  emitter: string,
  { clock, random }: Context,
): UnnumberedRecord {
  return {
    schema: SCHEMA,
    record_id: uuidv7(clock(), random),
    record_type: 'bundle_state',
    observed_at: formatInstant(clock()),
    emitter,
    layer,
    tool: 'exhibit',
    tool_version: VERSION,
    bundle_digest: digest,
    ...(revision === undefined ? {} : { policy_revision: revision.slice(0, 256) }),
    message: message.slice(0, 8_000),
    details,
  };
}
