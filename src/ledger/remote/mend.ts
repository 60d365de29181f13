import { ExhibitError, toHex } from '../../record/index.ts';
import type { ObjectStore, StoredObject, WriteStore } from '../../store/index.ts';
import { parseTilePath, tileWidth } from '../../verify/index.ts';
import { earlierRoot } from '../audit-path.ts';
import { CHECKPOINT, LOG } from '../layout.ts';
import { ProvenLog } from '../proven-log.ts';
import { bodyOf } from '../published.ts';
import type { HeldState } from './held.ts';
import { staged, sweep, unstage } from './staging.ts';

/** The places of a log, as far as they are needed to finish a seal. */
export interface Places {
  readonly store: WriteStore;
  readonly work: WriteStore;
  /** Writes what is committed to where it belongs. */
  apply(objects: readonly StoredObject[]): Promise<void>;
  /** Makes a checkpoint the one that readers see. */
  show(note: string): Promise<void>;
}

/**
 * Finishes what a writer committed and did not carry through: the objects of its last seal, and the checkpoint that readers see.
 * @throws ExhibitError LEDGER_CORRUPT where what is staged does not lead to the root that was signed; LEDGER_FORK where the bucket shows
 *   a checkpoint of another log
 */
export async function mend(remote: Places, { commit, state }: HeldState): Promise<void> {
  const { work, store } = remote;
  const objects = await staged(work, commit);
  if (objects !== undefined) {
    await mustHold(objects, remote, state.checkpoint);
    await remote.apply(objects);
    await unstage(work, commit);
  }
  await sweep(work, commit);
  const bytes = await store.get(CHECKPOINT);
  const shown = bytes === undefined ? undefined : Buffer.from(bytes).toString();
  if (shown?.startsWith(state.checkpoint) === true) return;
  // A write of an earlier writer may have come late: it shows an earlier state of this log, and nothing else is replaced.
  if (shown !== undefined && shown !== state.previous) await mustBeEarlier(shown, remote, state.checkpoint);
  await remote.show(state.checkpoint);
}

/** Who may write into the working place must not be able to write into the log. */
async function mustHold(objects: readonly StoredObject[], remote: Places, note: string): Promise<void> {
  const own = new Map(objects.map(({ key, bytes }) => [key, bytes]));
  const over: ObjectStore = {
    ...remote.store,
    get: async (key) => own.get(key) ?? (await remote.store.get(key)),
  };
  const log = new ProvenLog(over, bodyOf(note));
  await log.edge();
  for (const { key } of objects) {
    const place = key.startsWith(`${LOG}/`) ? parseTilePath(key.slice(LOG.length + 1)) : undefined;
    const level = place?.level === 'entries' ? 0 : (place?.level ?? 0);
    // Only what a log of this size has: anything else would be followed up to no root.
    if (place === undefined || place.width !== tileWidth(level, place.index, log.size))
      throw foreign(key, remote);
    if (place.level === 'entries') await log.bundle(place.index);
    else await log.tile(level, place.index);
  }
}

function foreign(key: string, { work }: Places): ExhibitError {
  return new ExhibitError('LEDGER_CORRUPT', `${key} is staged, and is no part of the log that was signed`, {
    location: { file: work.name },
    hint: 'Nothing was written. Find out who else writes into the working place.',
  });
}

async function mustBeEarlier(shown: string, remote: Places, note: string): Promise<void> {
  const signed = bodyOf(note);
  const log = new ProvenLog(remote.store, signed);
  const there = readBody(shown);
  if (
    there !== undefined &&
    there.origin === signed.origin &&
    there.size <= signed.size &&
    toHex(await earlierRoot(log, there.size)) === toHex(there.root)
  )
    return;
  throw new ExhibitError(
    'LEDGER_FORK',
    `${remote.store.name} shows a checkpoint that is no earlier state of the log that the lock knows`,
    {
      location: { file: `${remote.store.name}/${CHECKPOINT}` },
      hint: 'Do not write on. Find out who else writes there, and verify the log against checkpoints kept elsewhere.',
    },
  );
}

function readBody(note: string): ReturnType<typeof bodyOf> | undefined {
  try {
    return bodyOf(note);
  } catch {
    return undefined;
  }
}
