import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LAKE_FOLDERS, restoreFromBelow, verifyLake } from '../../lake/index.ts';
import {
  type Copied,
  folderKeys,
  openReader,
  type Restored,
  restoreLedger,
  type VerifiedLedger,
  verifyLedger,
} from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { openCheckpoint, parseCheckpoint, parseNote, parseVkey } from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import type { Context } from '../context.ts';
import { progress } from '../terminal/progress.ts';
import type { Place } from './place.ts';

/** Brings the log, the blobs and the lake of a copy into a folder. */
export async function bringBack(
  { store, versions }: Place,
  folder: string,
  { stderr, clock }: Context,
): Promise<Restored> {
  const bar = progress('restoring objects', stderr, clock);
  const copied = await restoreLedger(store, folder, {
    folders: LAKE_FOLDERS,
    progress: bar.update,
    ...(versions === undefined ? {} : { versions }),
  });
  bar.end();
  return copied;
}

/** Checkpoints that somebody else holds, as signed notes, apart by whether the copy has what they cover. */
export interface Known {
  covered: string[];
  /** Size of the largest that the copy does not reach; undefined where it reaches all. */
  newest: number | undefined;
}

/**
 * Sets aside the checkpoints that are of more records than the copy has: they say how much was lost, and are no reason not to read it.
 * @param seen the one that this machine remembers: it is believed as it is
 * @param vkeys keys that must have signed the others; those of the copy where none are given
 * @throws ExhibitError CHECKPOINT_INVALID for a newer one that no key of the log signed
 */
export async function apart(
  notes: readonly string[],
  seen: string | undefined,
  { origin, size }: Copied,
  folder: string,
  vkeys: readonly string[],
): Promise<Known> {
  const known: Known = { covered: [], newest: undefined };
  const keys = (vkeys.length > 0 ? vkeys : await folderKeys(folder)).map((vkey) =>
    parseVkey(nodeCrypto.sha256, vkey),
  );
  for (const note of seen === undefined ? notes : [...notes, seen]) {
    const newer = parseCheckpoint(parseNote(note).text).size;
    if (newer <= size) known.covered.push(note);
    else {
      if (note !== seen) openByAny(note, keys, origin);
      known.newest = Math.max(known.newest ?? 0, newer);
    }
  }
  return known;
}

function openByAny(note: string, keys: Parameters<typeof openCheckpoint>[1], origin: string): void {
  let last: unknown;
  for (const key of keys) {
    try {
      openCheckpoint(note, [key], nodeCrypto, { origin });
      return;
    } catch (error) {
      last = error;
    }
  }
  throw last ?? new ExhibitError('LEDGER_KEY', 'the copy has no public key');
}

export function verifyCopy(
  folder: string,
  known: readonly string[],
  vkeys: readonly string[],
  { stderr, clock }: Context,
): Promise<VerifiedLedger> {
  const bar = progress('verifying records', stderr, clock);
  return verifyLedger(folder, {
    known,
    ...(vkeys.length === 0 ? {} : { vkeys }),
    progress: bar.update,
  }).finally(() => bar.end());
}

/** What the blobs of a copy lack, a line each; nothing where they hold. */
export function blobProblems({ blobs }: VerifiedLedger): string[] {
  return (blobs?.problems ?? []).map(
    ({ kind, digest, index }) =>
      `the blob ${digest} of record ${index} ${kind === 'missing' ? 'is missing' : 'differs'}`,
  );
}

export interface LakeCheck {
  days: number;
  files: number;
  /** Files that no manifest of the copy names, and that were taken out: a day that was being closed leaves such. */
  removed: string[];
  /** Files that were taken from below what lies over them in the bucket. */
  below: string[];
  problems: string[];
}

/**
 * Compares the lake of a restored copy with the manifests in its log, takes out what none of them names, and what differs or is missing from below, where it
 * is whole there.
 */
export async function checkLake(folder: string, { versions }: Pick<Place, 'versions'>): Promise<LakeCheck> {
  const reader = await openReader(folder);
  try {
    let found = await verifyLake(reader);
    const removed = found.problems.filter(({ kind }) => kind === 'unexpected').map(({ key }) => key);
    for (const key of removed) await rm(join(folder, key), { force: true });
    const below = versions === undefined ? [] : await restoreFromBelow(reader, versions, found.problems);
    if (below.length > 0) found = await verifyLake(reader);
    const { days, files, problems } = found;
    const left = problems.filter(({ kind }) => kind !== 'unexpected').map(({ message }) => message);
    return { days, files, removed, below, problems: left };
  } finally {
    await reader.close();
  }
}
