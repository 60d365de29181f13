import { readdir, readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { LedgerReader } from '../ledger/index.ts';
import { ExhibitError } from '../record/index.ts';
import { closedDays } from './calendar.ts';
import { manifestCopy } from './copy.ts';
import { digestFile } from './digest.ts';
import { LAKE_FOLDERS, manifestKey } from './keys.ts';
import { type ManifestSource, readManifest } from './manifest.ts';
import { type Tombstone, Tombstones } from './purge/tombstone.ts';
import type { LakeProblem, Manifest, ManifestFile } from './types.ts';

export interface LakeVerification {
  days: number;
  files: number;
  bytes: number;
  /** Files that are not there and that a tombstone in the log names: they were purged. */
  purged: PurgedFiles[];
  /** Empty when each file is there and is what its manifest says. */
  problems: LakeProblem[];
}

/** What one tombstone says. */
export interface PurgedFiles {
  day: string;
  reason: string;
  /** Index of the tombstone. */
  log_index: number;
  /** Files of it that are not there. */
  files: number;
}

/** Counts one more file of a tombstone. */
export function addPurged(purged: PurgedFiles[], { day, reason, log_index }: Tombstone): void {
  const known = purged.find((one) => one.log_index === log_index);
  if (known === undefined) purged.push({ day, reason, log_index, files: 1 });
  else known.files += 1;
}

export interface VerifyOptions {
  /** All closed days unless given. */
  days?: readonly string[];
  /** Called before each day with how many are done and how many there are. */
  progress?: (done: number, total: number) => void;
}

/**
 * Checks each file of the lake against the manifest record in the log: presence, length, SHA-256; and looks for files that no
 * manifest names. It reads manifests from the log, never from their copies. It does not check the log itself: verifyLedger does.
 */
export async function verifyLake(
  reader: LedgerReader,
  options: VerifyOptions = {},
): Promise<LakeVerification> {
  const result: LakeVerification = { days: 0, files: 0, bytes: 0, purged: [], problems: [] };
  const tombstones = new Tombstones(reader);
  const named = new Set<string>();
  const days = options.days ?? (await closedDays(reader));
  for (const [done, day] of days.entries()) {
    options.progress?.(done, days.length);
    const manifest = await manifestOrProblem(reader, day, result.problems);
    if (manifest === undefined) continue;
    result.days += 1;
    named.add(manifestKey(day));
    for (const file of manifest.files) {
      named.add(file.key);
      const problem = await checkFile(reader.folder, day, file, 'digest');
      const tombstone = problem?.kind === 'missing' ? await tombstones.of(day, file) : undefined;
      if (tombstone !== undefined) addPurged(result.purged, tombstone);
      else if (problem !== undefined) result.problems.push(problem);
      result.files += 1;
      result.bytes += file.bytes;
    }
    result.problems.push(...(await checkCopy(reader.folder, manifest)));
  }
  if (options.days === undefined) result.problems.push(...(await unexpected(reader.folder, named)));
  return result;
}

/** Reads a manifest from the log; one that is not there or not usable becomes a problem. */
export async function manifestOrProblem(
  reader: ManifestSource,
  day: string,
  problems: LakeProblem[],
): Promise<Manifest | undefined> {
  const problem = (kind: LakeProblem['kind'], message: string): undefined => {
    problems.push({ kind, day, key: manifestKey(day), message });
    return undefined;
  };
  try {
    const manifest = await readManifest(reader, day);
    return manifest ?? problem('manifest', `the log has no manifest of ${day}: the day is not closed`);
  } catch (cause) {
    if (!(cause instanceof ExhibitError)) throw cause;
    if (cause.code === 'LAKE_MISMATCH') return problem('manifest', cause.message);
    if (cause.code === 'BLOB_MISSING' || cause.code === 'BLOB_DIGEST') {
      return problem('manifest_blob', `the file list of ${day} cannot be read: ${cause.message}`);
    }
    throw cause;
  }
}

/**
 * Compares one file with its manifest: presence and length, and the digest where asked.
 * @param hashed digests that are known already; one counts while length and times of the file are what they were
 */
export async function checkFile(
  folder: string,
  day: string,
  file: ManifestFile,
  depth: 'size' | 'digest',
  hashed?: Map<string, string>,
): Promise<LakeProblem | undefined> {
  const at = { day, key: file.key };
  const path = join(folder, file.key);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile()) {
    return { kind: 'missing', ...at, message: `${file.key} is missing` };
  }
  if (found.size !== file.bytes) {
    const message = `${file.key} has ${found.size} bytes; its manifest says ${file.bytes}`;
    return { kind: 'size', ...at, message, expected: file.bytes, found: found.size };
  }
  if (depth === 'size') return undefined;
  const state = `${path} ${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
  const sha256 = hashed?.get(state) ?? (await digestFile(path)).sha256;
  hashed?.set(state, sha256);
  if (sha256 === file.sha256) return undefined;
  const message = `${file.key} differs from its manifest`;
  return { kind: 'digest', ...at, message, expected: file.sha256, found: sha256 };
}

async function checkCopy(folder: string, manifest: Manifest): Promise<LakeProblem[]> {
  const { day } = manifest.details;
  const key = manifestKey(day);
  const copy = await readFile(join(folder, key)).catch(() => undefined);
  if (copy?.equals(manifestCopy(manifest))) return [];
  const what = copy === undefined ? 'is missing' : 'differs from the manifest in the log';
  return [{ kind: 'manifest_copy', day, key, message: `${key} ${what}` }];
}

async function unexpected(folder: string, named: ReadonlySet<string>): Promise<LakeProblem[]> {
  const problems: LakeProblem[] = [];
  for (const root of LAKE_FOLDERS) {
    const entries = await readdir(join(folder, root), { recursive: true, withFileTypes: true }).catch(
      () => [],
    );
    for (const entry of entries) {
      if (entry.isDirectory()) continue;
      const key = join(entry.parentPath, entry.name)
        .slice(folder.length)
        .split(sep)
        .filter(Boolean)
        .join('/');
      if (!named.has(key))
        problems.push({ kind: 'unexpected', key, message: `${key} is named by no manifest` });
    }
  }
  return problems.sort((a, b) => (a.key < b.key ? -1 : 1));
}
