import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { daysOf, type ManifestFile, type QueryAnswer, readManifest } from '../../lake/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import { sha256 } from '../../policy/index.ts';
import { canonicalize, ExhibitError, formatDigest, type Json } from '../../record/index.ts';
import { folderStore } from '../../store/index.ts';
import type { PackFile } from '../../verify/index.ts';
import type { Scope } from '../scope/scope.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** An answer, all of it. */
export function answerFile(path: string, answer: QueryAnswer): PackFile {
  return { path: `${path}.answer.json`, bytes: encode(canonicalize(answer as unknown as Json)) };
}

/** The manifests of the period: where each is in the log, and the files that they name. */
export async function manifestsOf(reader: LedgerReader, scope: Scope) {
  const indexes: number[] = [];
  const files: ManifestFile[] = [];
  const missing: string[] = [];
  for (const day of daysOf(scope)) {
    const manifest = await readManifest(reader, day);
    if (manifest === undefined) {
      missing.push(day);
      continue;
    }
    indexes.push(manifest.log_index);
    files.push(...manifest.files);
  }
  return { indexes, files, missing };
}

/** The daily counts of the period, out of the lake: what the verdicts of a framework are summed from. */
export async function* lakeFiles(
  reader: LedgerReader,
  files: readonly ManifestFile[],
  left_out: string[],
): AsyncGenerator<PackFile> {
  const counts = files.filter((file) => file.key.startsWith('daily_counts/'));
  await reader.fetch?.(counts);
  for (const { key, sha256: digest, bytes: length } of counts) {
    const path = join(reader.folder, key);
    const there = await stat(path).catch(() => undefined);
    // What is longer or shorter is another file, and is not read.
    const bytes = there?.size === length ? await readFile(path) : undefined;
    if (there === undefined) left_out.push(`${key}: it is not in the lake`);
    else if (bytes === undefined || formatDigest(sha256(bytes)) !== digest)
      left_out.push(`${key}: it differs from its manifest`);
    else yield { path: `lake/${key}`, bytes };
  }
}

/** Proofs by which who trusts an earlier key of the log trusts the one that signs now. */
export async function handoverFiles({ place }: LedgerReader): Promise<PackFile[]> {
  const store = typeof place === 'string' ? folderStore(place) : place;
  const files: PackFile[] = [];
  for (const path of await store.list('log/handover/')) {
    const bytes = await store.get(path);
    if (bytes !== undefined) files.push({ path, bytes });
  }
  return files;
}

/** A column of an answer. @throws ExhibitError INTERNAL where the question has none of that name */
export function columnOf({ columns, rows, query: asked }: QueryAnswer, name: string): unknown[] {
  const at = columns.findIndex((column) => column.name === name);
  if (at < 0) throw new ExhibitError('INTERNAL', `${asked.name} has no column ${name}`);
  return rows.map((row) => row[at]);
}
