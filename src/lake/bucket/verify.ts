import { openReader } from '../../ledger/index.ts';
import type { S3Store } from '../../store/index.ts';
import { logDays } from '../calendar.ts';
import { manifestCopy } from '../copy.ts';
import { manifestKey } from '../keys.ts';
import { inParallel } from '../parallel.ts';
import type { LakeProblem, Manifest } from '../types.ts';
import { type LakeVerification, manifestOrProblem, type VerifyOptions } from '../verify.ts';
import { locateManifests } from './locate.ts';
import { compareLocks, type Locked } from './locks.ts';
import { compareObject, lakeVersions, type Moved, type Versions } from './objects.ts';

export interface BucketVerification extends LakeVerification {
  origin: string;
  /** Days of the log that have no manifest: nothing of them was compared. */
  open: string[];
  /** Files whose bytes lie in another version than their manifest names. */
  moved: Moved[];
  /** What is no difference, and has to be known. */
  notes: string[];
}

/**
 * Compares the lake in a bucket with the manifests of the log that lies there, by the versions that they name: reads every file, looks for
 * what lies over it, and compares locks within each framework. It does not check the log itself beyond what it reads of it, nor whose it is: verifyLedger does.
 * @throws ExhibitError LEDGER_NOT_FOUND, LEDGER_CORRUPT, CHECKPOINT_INVALID, STORE_FAILED
 */
export async function verifyBucketLake(
  store: S3Store,
  options: VerifyOptions = {},
): Promise<BucketVerification> {
  const reader = await openReader(store);
  const days = options.days ?? (await logDays(reader));
  const { source, searched, open } = await locateManifests(reader, store, days);
  const versions = await lakeVersions(store);
  const result: BucketVerification = {
    ...{ origin: reader.origin, days: 0, files: 0, bytes: 0, problems: [], moved: [], notes: [] },
    // A day that was asked for is a problem where it is not closed; else days at the end are still open.
    open: options.days === undefined ? open : [],
  };
  for (const day of searched)
    result.notes.push(`the manifest of ${day} was found by reading the log: its copy did not lead there`);
  const closed = options.days === undefined ? days.filter((day) => !open.includes(day)) : days;
  const named = new Set<string>();
  const locked: Locked[] = [];
  for (const [done, day] of closed.entries()) {
    options.progress?.(done, closed.length);
    const manifest = await manifestOrProblem(source, day, result.problems);
    if (manifest === undefined) continue;
    named.add(manifestKey(day));
    for (const { key } of manifest.files) named.add(key);
    await compareDay(store, manifest, versions, result, locked);
  }
  const locks = compareLocks(locked);
  result.problems.push(...locks.problems);
  result.notes.push(...locks.notes);
  if (options.days === undefined) result.problems.push(...unexpected(versions, named));
  return result;
}

async function compareDay(
  store: S3Store,
  manifest: Manifest,
  versions: ReadonlyMap<string, Versions>,
  result: BucketVerification,
  locked: Locked[],
): Promise<void> {
  const { day } = manifest.details;
  const compared = await inParallel(manifest.files, (file) =>
    compareObject(store, day, file, versions.get(file.key) ?? []),
  );
  result.days += 1;
  for (const [at, file] of manifest.files.entries()) {
    const found = compared[at];
    if (found === undefined) continue;
    result.files += 1;
    result.bytes += file.bytes;
    result.problems.push(...found.problems);
    if (found.moved !== undefined) result.moved.push(found.moved);
    if (found.whole !== undefined)
      locked.push({ day, key: file.key, framework: file.framework, object: found.whole });
  }
  result.problems.push(...(await compareCopy(store, manifest)));
}

async function compareCopy(store: S3Store, manifest: Manifest): Promise<LakeProblem[]> {
  const { day } = manifest.details;
  const key = manifestKey(day);
  const wanted = manifestCopy(manifest);
  const there = await store.look(key);
  const copy = there?.length === wanted.length ? await store.get(key).catch(() => undefined) : undefined;
  if (copy !== undefined && Buffer.compare(copy, wanted) === 0) return [];
  const what = there === undefined ? 'is missing' : 'differs from the manifest in the log';
  return [{ kind: 'manifest_copy', day, key, message: `${key} ${what}` }];
}

function unexpected(versions: ReadonlyMap<string, Versions>, named: ReadonlySet<string>): LakeProblem[] {
  return [...versions]
    .filter(([key, [latest]]) => !named.has(key) && latest?.marker === false)
    .map(([key]): LakeProblem => ({ kind: 'unexpected', key, message: `${key} is named by no manifest` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
