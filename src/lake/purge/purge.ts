import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ledger } from '../../ledger/index.ts';
import { type Clock, ExhibitError, formatInstant } from '../../record/index.ts';
import { type ListedVersion, type ObjectStore, type VersionStore, versionsByKey } from '../../store/index.ts';
import { closedDays } from '../calendar.ts';
import type { Decision } from '../keeping.ts';
import { checkName } from '../keys.ts';
import { withLakeLock } from '../lock.ts';
import { readManifest } from '../manifest.ts';
import { inParallel } from '../parallel.ts';
import type { ManifestFile } from '../types.ts';
import { fileList, findTombstone, type PurgeScope, scopeOf, tombstoneDraft } from './tombstone.ts';

/** Where files are purged. */
export interface PurgePlaces {
  /** The folder of the ledger, where its files are purged. */
  folder?: string;
  bucket?: VersionStore;
  /** A place without versions, where a key is all there is. */
  plain?: Pick<ObjectStore, 'delete'>;
}

/** What is durable after each step of a purge, in order. A test stops the process at one. */
export const PURGE_STEPS = ['tombstones appended', 'tombstones sealed', 'file purged'] as const;
export type PurgeStep = (typeof PURGE_STEPS)[number];

export interface PurgeOptions {
  framework: string;
  /** Days before this one, `YYYY-MM-DD`. */
  before: string;
  decision: Omit<Decision, 'record_id'>;
  clock: Clock;
  lockTimeout?: number;
  progress?: (done: number, total: number) => void;
  /** Called after each durable step; for tests that stop there. `file purged` comes once a file. */
  onStep?: (step: PurgeStep) => void;
}

export interface Purged {
  /** Days of which something was purged, now or before. */
  days: number;
  files: number;
  bytes: number;
  /** Tombstones that were written now. */
  tombstones: number;
  /** Days whose facts and counts are still there, and why. */
  facts_kept: { needed: number; locked: number };
  /** Versions of these that a lock or a hold is on: a line each. */
  stays: string[];
}

/** What is purged of a day together. */
interface Part {
  day: string;
  scope: PurgeScope;
  files: ManifestFile[];
}

/**
 * Purges the files of a framework before a day: where no lock and no hold is on any of them, a tombstone says what, who and why, it is durable
 * in the log, and only then are the versions deleted. Facts and counts of a day go when the files of each of its frameworks have gone and their own lock has ended. The log, blobs and
 * checkpoints are never purged. To do it again goes on where it ended.
 * @throws ExhibitError PURGE_REFUSED while a lock or a hold is on: nothing was purged, details.stays has a line for each version; STORE_FAILED, LAKE_MISMATCH, and what the ledger throws
 */
export async function purgeLake(ledger: Ledger, places: PurgePlaces, options: PurgeOptions): Promise<Purged> {
  checkName('framework', options.framework);
  return withLakeLock(ledger.folder, options.lockTimeout ?? 10_000, async () => {
    const result: Purged = {
      ...{ days: 0, files: 0, bytes: 0, tombstones: 0 },
      facts_kept: { needed: 0, locked: 0 },
      stays: [],
    };
    // A tombstone of a purge that broke off may wait: it is found once it is in the log.
    await ledger.seal();
    const days = (await closedDays(ledger)).filter((day) => day < options.before);
    const parts: Part[] = [];
    const facts: Part[] = [];
    for (const day of days) {
      const files = (await readManifest(ledger, day))?.files ?? [];
      const own = files.filter(({ framework }) => framework === options.framework);
      if (own.length === 0) continue;
      parts.push({ day, scope: { framework: options.framework }, files: own });
      if (await isNeeded(ledger, day, files, options.framework)) result.facts_kept.needed += 1;
      else facts.push({ day, scope: 'facts', files: files.filter((file) => scopeOf(file) === 'facts') });
    }
    const versions =
      places.bucket === undefined
        ? undefined
        : await versionsByKey(places.bucket, [`evidence/${options.framework}/`, 'fact/', 'daily_counts/']);
    const on = await locked(parts, places.bucket, versions, options.clock());
    const [first] = on;
    if (first !== undefined) throw refused(first, on, options.framework);
    for (const part of facts) {
      const held = await locked([part], places.bucket, versions, options.clock());
      if (held.length === 0) parts.push(part);
      else {
        result.facts_kept.locked += 1;
        result.stays.push(...held.map(({ why }) => why));
      }
    }
    result.tombstones = await bury(ledger, parts, options);
    options.onStep?.('tombstones sealed');
    await remove(parts, places, versions, options, result);
    return result;
  });
}

/** Whether another framework still has files of the day. */
async function isNeeded(
  ledger: Ledger,
  day: string,
  files: readonly ManifestFile[],
  purged: string,
): Promise<boolean> {
  const others = new Set(files.flatMap(({ framework }) => framework ?? []));
  others.delete(purged);
  for (const framework of others)
    if ((await findTombstone(ledger, day, { framework })) === undefined) return true;
  return false;
}

interface On {
  key: string;
  why: string;
}

/** Versions that a lock or a hold is on. What these credentials cannot see of it, the store refuses to delete. */
async function locked(
  parts: readonly Part[],
  bucket: VersionStore | undefined,
  versions: ReadonlyMap<string, readonly ListedVersion[]> | undefined,
  now: number,
): Promise<On[]> {
  if (bucket === undefined) return [];
  const all = parts.flatMap(({ files }) => files.flatMap(({ key }) => versions?.get(key) ?? []));
  const found = await inParallel(all, async ({ key, version, marker }): Promise<On | undefined> => {
    if (marker) return undefined;
    const lock = (await bucket.look(key, version))?.lock;
    const at = `${key}, version ${version},`;
    if (lock?.held === true) return { key, why: `${at} is under legal hold` };
    if ((lock?.until ?? 0) <= now) return undefined;
    return { key, why: `${at} is locked until ${formatInstant(lock?.until ?? 0)}` };
  });
  return found.filter((one) => one !== undefined).sort((a, b) => (a.why < b.why ? -1 : 1));
}

function refused({ key, why }: On, on: readonly On[], framework: string): ExhibitError {
  return new ExhibitError(
    'PURGE_REFUSED',
    `${why}${on.length === 1 ? '' : `; and ${on.length - 1} more like it`}: nothing was purged`,
    {
      location: { file: key },
      details: { framework, versions: on.length, stays: on.map((one) => one.why) },
      hint: 'Purge days whose locks have ended. A hold is taken off by whoever answers for the case: exhibit store hold URL off',
    },
  );
}

/** Writes the tombstones that are not there yet. When it returns they are in the log. @returns how many */
async function bury(
  ledger: Ledger,
  parts: readonly Part[],
  { decision, onStep }: PurgeOptions,
): Promise<number> {
  const { origin } = ledger;
  let count = 0;
  for (const { day, scope, files } of parts) {
    if ((await findTombstone(ledger, day, scope)) !== undefined) continue;
    const files_digest = await ledger.putBlob(fileList(files));
    await ledger.appendNumbered([tombstoneDraft(origin, decision, day, scope, { files, files_digest })]);
    count += 1;
  }
  onStep?.('tombstones appended');
  // Also where none is new: one that waits from before must be in the log before anything is deleted.
  await ledger.seal();
  return count;
}

async function remove(
  parts: readonly Part[],
  { folder, bucket, plain }: PurgePlaces,
  versions: ReadonlyMap<string, readonly ListedVersion[]> | undefined,
  { progress, onStep }: PurgeOptions,
  result: Purged,
): Promise<void> {
  result.days = new Set(parts.map(({ day }) => day)).size;
  const all = parts.flatMap(({ files }) => files);
  let done = 0;
  await inParallel(all, async ({ key, bytes }) => {
    for (const { version } of bucket === undefined ? [] : (versions?.get(key) ?? []))
      await bucket?.deleteVersion(key, version);
    await plain?.delete(key);
    if (folder !== undefined) await rm(join(folder, key), { force: true });
    result.files += 1;
    result.bytes += bytes;
    done += 1;
    progress?.(done, all.length);
    onStep?.('file purged');
  });
}
