import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { daysOf, type ManifestFile, type QueryAnswer, readManifest } from '../../lake/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import { canonicalize, type Digest, ExhibitError, isExhibitError, type Json } from '../../record/index.ts';
import { blobPath, type PackFile } from '../../verify/index.ts';
import type { Scope } from '../scope/scope.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Questions about the whole framework, or about all of the period. */
export const PACK_QUESTIONS = [
  'framework-verdicts',
  'framework-coverage',
  'overrides-in-force',
  'gap-records',
  'late-records',
  'policy-versions',
  'never-judged',
  'unmapped-decisions',
  'incomplete-runs',
  'silent-emitters',
  'framework-controls',
] as const;

/** Questions about one control. */
export const CONTROL_QUESTIONS = [
  'verdicts-by-day',
  'enforcement-by-layer',
  'undecided',
  'waived-decisions',
] as const;

/** What of an answer the pack keeps: all of it. */
export interface PackedAnswer {
  path: string;
  answer: QueryAnswer;
}

export function answerFile({ path, answer }: PackedAnswer): PackFile {
  return { path: `answers/${path}.answer.json`, bytes: encode(canonicalize(answer as unknown as Json)) };
}

/** One record with its inclusion proof under the checkpoint of the pack. */
export async function recordFiles(reader: LedgerReader, index: number): Promise<PackFile[]> {
  const { bytes } = await reader.entry(index);
  return [
    { path: `records/${index}.json`, bytes: Uint8Array.from(bytes) },
    { path: `records/${index}.tlog-proof`, bytes: encode(await reader.proof(index, 'checkpoint')) },
  ];
}

/** The manifests of the period: where each is in the log, and the lists of files that they name. */
export async function manifestsOf(reader: LedgerReader, scope: Scope) {
  const indexes: number[] = [];
  const blobs = new Map<string, Uint8Array>();
  const files: ManifestFile[] = [];
  const missing: string[] = [];
  for (const day of daysOf(scope)) {
    const manifest = await readManifest(reader, day);
    if (manifest === undefined) {
      missing.push(day);
      continue;
    }
    indexes.push(manifest.log_index);
    const { files_digest } = manifest.details;
    blobs.set(files_digest, await reader.blob(files_digest));
    files.push(...manifest.files);
  }
  return { indexes, blobs, files, missing };
}

/** The daily counts of the period, out of the lake: what the verdicts of a framework are summed from. */
export async function lakeFiles(
  reader: LedgerReader,
  files: readonly ManifestFile[],
): Promise<{ files: PackFile[]; missing: string[] }> {
  const found: PackFile[] = [];
  const missing: string[] = [];
  for (const { key } of files.filter((file) => file.key.startsWith('daily_counts/'))) {
    const bytes = await readFile(join(reader.folder, key)).catch(() => undefined);
    if (bytes === undefined) missing.push(key);
    else found.push({ path: `lake/${key}`, bytes });
  }
  return { files: found, missing };
}

/** Blobs by their digest, for what a record names; one that is gone is said and not made up. */
export async function blobFiles(
  reader: LedgerReader,
  digests: Iterable<string>,
): Promise<{ files: PackFile[]; missing: string[] }> {
  const files: PackFile[] = [];
  const missing: string[] = [];
  for (const digest of new Set(digests)) {
    try {
      files.push({ path: blobPath(digest), bytes: await reader.blob(digest as Digest) });
    } catch (error) {
      if (!isExhibitError(error, 'BLOB_MISSING')) throw error;
      missing.push(digest);
    }
  }
  return { files, missing };
}

/** Proofs by which who trusts an earlier key of the log trusts the one that signs now. */
export async function handoverFiles({ folder }: LedgerReader): Promise<PackFile[]> {
  const names = await readdir(join(folder, 'log', 'handover')).catch(() => []);
  return Promise.all(
    names.map(async (name) => ({
      path: `log/handover/${name}`,
      bytes: await readFile(join(folder, 'log', 'handover', name)),
    })),
  );
}

/** A column of an answer. @throws ExhibitError INTERNAL where the question has none of that name */
export function columnOf({ columns, rows, query: asked }: QueryAnswer, name: string): unknown[] {
  const at = columns.findIndex((column) => column.name === name);
  if (at < 0) throw new ExhibitError('INTERNAL', `${asked.name} has no column ${name}`);
  return rows.map((row) => row[at]);
}
