import { type LogReader, openReader } from '../../ledger/index.ts';
import { type S3Store, versionsByKey } from '../../store/index.ts';
import { logDays } from '../calendar.ts';
import { manifestCopy } from '../copy.ts';
import { LAKE_FOLDERS, manifestKey } from '../keys.ts';
import { closedAt, type ManifestSource } from '../manifest.ts';
import { inParallel } from '../parallel.ts';
import { locateTombstones, Tombstones } from '../purge/tombstone.ts';
import type { LakeProblem, Manifest, ManifestFile } from '../types.ts';
import { addPurged, type LakeVerification, manifestOrProblem, type VerifyOptions } from '../verify.ts';
import { locateManifests } from './locate.ts';
import { compareLocks, type Locked } from './locks.ts';
import { compareObject, type Moved, type Versions } from './objects.ts';

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
  const versions = await versionsByKey(
    store,
    LAKE_FOLDERS.map((folder) => `${folder}/`),
  );
  const result: BucketVerification = {
    ...{ origin: reader.origin, days: 0, files: 0, bytes: 0, purged: [], problems: [], moved: [], notes: [] },
    // A day that was asked for is a problem where it is not closed; else days at the end are still open.
    open: options.days === undefined ? open : [],
  };
  for (const day of searched)
    result.notes.push(`the manifest of ${day} was found by reading the log: its copy did not lead there`);
  const closed = options.days === undefined ? days.filter((day) => !open.includes(day)) : days;
  const named = new Set<string>();
  const locked: Locked[] = [];
  const lost: Lost[] = [];
  for (const [done, day] of closed.entries()) {
    options.progress?.(done, closed.length);
    const manifest = await manifestOrProblem(source, day, result.problems);
    if (manifest === undefined) continue;
    named.add(manifestKey(day));
    for (const { key } of manifest.files) named.add(key);
    await compareDay(store, source, manifest, versions, result, locked, lost);
  }
  result.problems = await withoutPurged(reader, result, lost);
  const locks = compareLocks(locked);
  result.problems.push(...locks.problems);
  result.notes.push(...locks.notes);
  if (options.days === undefined) result.problems.push(...unexpected(versions, named));
  return result;
}

async function compareDay(
  store: S3Store,
  source: ManifestSource,
  manifest: Manifest,
  versions: ReadonlyMap<string, Versions>,
  result: BucketVerification,
  locked: Locked[],
  lost: Lost[],
): Promise<void> {
  const { day } = manifest.details;
  const closed = await closedAt(source, manifest);
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
    if (found.problems[0]?.kind === 'missing')
      lost.push({ day, file, problem: found.problems[0], after: manifest.log_index });
    if (found.moved !== undefined) result.moved.push(found.moved);
    if (found.whole !== undefined)
      locked.push({ day, key: file.key, framework: file.framework, closed, object: found.whole });
  }
  result.problems.push(...(await compareCopy(store, manifest)));
}

/** A file that no version has. */
interface Lost {
  day: string;
  file: ManifestFile;
  problem: LakeProblem;
  /** Index of its manifest: a tombstone comes later. */
  after: number;
}

/** The problems but for those of files that a tombstone names. The log is read for them only where a file is missing. */
async function withoutPurged(
  reader: LogReader,
  result: BucketVerification,
  lost: readonly Lost[],
): Promise<LakeProblem[]> {
  if (lost.length === 0) return result.problems;
  const from = Math.min(...lost.map(({ after }) => after));
  const tombstones = new Tombstones(await locateTombstones(reader, from));
  const explained = new Set<LakeProblem>();
  for (const { day, file, problem } of lost) {
    const tombstone = await tombstones.of(day, file);
    if (tombstone === undefined) continue;
    addPurged(result.purged, tombstone);
    explained.add(problem);
  }
  return result.problems.filter((problem) => !explained.has(problem));
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
