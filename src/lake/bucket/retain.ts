import { type Clock, DAY_MILLISECONDS } from '../../record/index.ts';
import type { S3Store } from '../../store/index.ts';
import { inParallel } from '../parallel.ts';
import { type Choice, chosenFiles } from './select.ts';

export interface RetainOptions {
  /** From when its day was closed; for what belongs to no choice of files, from when the store says that it was written. */
  days: number;
  /** For an object that has no lock; one that has keeps its mode. */
  mode: 'GOVERNANCE' | 'COMPLIANCE';
  clock: Clock;
  /** Called with how many objects are done. */
  progress?: (done: number) => void;
}

export interface Retained {
  lengthened: number;
  /** Locked for as long or longer before. */
  before: number;
  /** Their days are over already. */
  over: number;
  /** Keys of files that no version has. */
  missing: string[];
}

/**
 * Lengthens locks so that they last so many days; none is shortened. To do it again goes on where it ended.
 * @param choice which of the auditor's files; undefined for everything that is written once: log, blobs, keys and lake
 * @throws ExhibitError as chosenFiles
 */
export async function retainObjects(
  store: S3Store,
  choice: Choice | undefined,
  options: RetainOptions,
): Promise<Retained> {
  const result: Retained = { lengthened: 0, before: 0, over: 0, missing: [] };
  let done = 0;
  const batches = choice === undefined ? everything(store) : chosenObjects(store, choice);
  for await (const batch of batches)
    await inParallel(batch, async (found) => {
      await retainOne(store, found, options, result);
      done += 1;
      options.progress?.(done);
    });
  return { ...result, missing: result.missing.sort() };
}

async function retainOne(
  store: S3Store,
  { key, version, since }: Found,
  { days, mode, clock }: RetainOptions,
  result: Retained,
): Promise<void> {
  const there = version === undefined ? undefined : await store.look(key, version);
  if (version === undefined || there === undefined) {
    result.missing.push(key);
    return;
  }
  const until = (since ?? there.modified) + days * DAY_MILLISECONDS;
  // Ceph calls a change of the lock a change of the object: the next run would lengthen it by seconds.
  if ((there.lock.until ?? 0) >= until - TOLERANCE) result.before += 1;
  else if (until <= clock()) result.over += 1;
  else {
    await store.retain(key, version, { mode: there.lock.mode ?? mode, until });
    result.lengthened += 1;
  }
}

interface Found {
  key: string;
  version: string | undefined;
  /** From when its days count; undefined: from when it was written. */
  since: number | undefined;
}

async function* chosenObjects(store: S3Store, choice: Choice): AsyncGenerator<Found[], void> {
  for await (const files of chosenFiles(store, choice))
    yield files.map(({ file: { key }, version, closed }) => ({ key, version, since: closed }));
}

const BATCH = 256;
const TOLERANCE = 3_600_000;
/** The checkpoint and partial tiles are replaced soon; what `store check` wrote is nobody's evidence. */
const REPLACED = /^(log\/checkpoint$|exhibit-check\/)|\.p\//;

async function* everything(store: S3Store): AsyncGenerator<Found[], void> {
  let batch: Found[] = [];
  for await (const { key, version, marker } of store.versions('')) {
    if (marker || REPLACED.test(key)) continue;
    batch.push({ key, version, since: undefined });
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
