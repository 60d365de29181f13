import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { daysOf, type ManifestFile, type QueryAnswer, readManifest } from '../../lake/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import { canonicalize, ExhibitError, type Json } from '../../record/index.ts';
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
  for (const { key } of files.filter((file) => file.key.startsWith('daily_counts/'))) {
    const bytes = await readFile(join(reader.folder, key)).catch(() => undefined);
    if (bytes === undefined) left_out.push(`${key}: it is not in the lake`);
    else yield { path: `lake/${key}`, bytes };
  }
}

/** Proofs by which who trusts an earlier key of the log trusts the one that signs now. */
export async function handoverFiles({ folder }: LedgerReader): Promise<PackFile[]> {
  const names = await readdir(join(folder, 'log', 'handover')).catch(() => []);
  return Promise.all(
    names.sort().map(async (name) => ({
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
