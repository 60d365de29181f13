import { chmod, mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { ExhibitError } from '../record/index.ts';
import { digestFile } from './digest.ts';
import { literal } from './duckdb.ts';
import type { ControlName } from './keys.ts';
import type { ManifestFile } from './types.ts';

/** Fixed, so that the same rows give the same bytes. Level 1: digests and ids do not compress, and higher levels only cost time. */
const PARQUET = 'FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880';

interface FileName {
  key: string;
  control?: ControlName;
}

/** Some files that one statement writes. */
export interface WriteJob {
  select: string;
  /** A column with the place of a row's file in `files`; it is not written. Absent where there is one file. */
  partition?: string;
  files: readonly FileName[];
  /** Gives the columns and no row, for files that no row came to. */
  empty: string;
}

/**
 * Writes files below a folder, one job at a time on each connection, and seals each file while the next is written.
 * @returns the files as a manifest names them, by key; all are on disk and read-only
 */
export async function writeFiles(
  connections: readonly DuckDBConnection[],
  jobs: readonly WriteJob[],
  folder: string,
): Promise<ManifestFile[]> {
  const sealing: Promise<ManifestFile>[] = [];
  const queue = jobs.entries();
  const work = async (connection: DuckDBConnection) => {
    for (const [at, job] of queue) {
      const parts = await copyParts(connection, job, join(folder, `part-${at}`));
      for (const [place, { key, control }] of job.files.entries()) {
        const path = join(folder, key);
        await mkdir(dirname(path), { recursive: true });
        const part = parts.get(place);
        if (part === undefined) await connection.run(`COPY (${job.empty}) TO ${literal(path)} (${PARQUET})`);
        else await rename(part.path, path);
        const sealed = seal(path).then((file) => ({ key, rows: part?.rows ?? 0, ...file, ...control }));
        // Awaited below, with all others; until then a failure is nobody's surprise.
        sealed.catch(() => undefined);
        sealing.push(sealed);
      }
    }
  };
  await Promise.all(connections.map(work));
  return (await Promise.all(sealing)).sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function copyParts(
  connection: DuckDBConnection,
  { select, partition }: WriteJob,
  path: string,
): Promise<Map<number, { path: string; rows: number }>> {
  if (partition === undefined) {
    const { rowsChanged: rows } = await connection.run(`COPY (${select}) TO ${literal(path)} (${PARQUET})`);
    return new Map([[0, { path, rows }]]);
  }
  const options = `PARTITION_BY (${partition}), WRITE_PARTITION_COLUMNS false, RETURN_STATS`;
  const result = await connection.runAndReadAll(
    `COPY (${select}) TO ${literal(path)} (${PARQUET}, ${options})`,
  );
  const parts = new Map<number, { path: string; rows: number }>();
  for (const [file, rows] of result.getRowsJS()) {
    const place = Number(/=([0-9]+)\/[^/]+$/.exec(String(file))?.[1]);
    if (!Number.isSafeInteger(place) || parts.has(place)) {
      throw new ExhibitError('LAKE_FAILED', `DuckDB wrote ${file}: one file for each control was asked for`);
    }
    parts.set(place, { path: String(file), rows: Number(rows) });
  }
  return parts;
}

// On disk before anything names it, and read-only: a closed day is not written again.
async function seal(path: string): Promise<Pick<ManifestFile, 'sha256' | 'bytes'>> {
  const file = await open(path, 'r+');
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
  await chmod(path, 0o444);
  return digestFile(path);
}
