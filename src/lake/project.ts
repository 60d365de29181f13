import { chmod, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { LedgerReader } from '../ledger/index.ts';
import type { Digest } from '../record/index.ts';
import { controlsOf, readBridge, rowsOn } from './bridge.ts';
import { EVIDENCE_COLUMNS, FACT_COLUMNS, names } from './columns.ts';
import { countDay } from './counts.ts';
import { digestFile } from './digest.ts';
import { literal, openDatabase } from './duckdb.ts';
import { mapsInForce } from './history.ts';
import { type ControlName, evidenceKey, factKey } from './keys.ts';
import { EVIDENCE_SELECT, loadBridge, loadLines, writeLines } from './load.ts';
import type { DayGap, ManifestFile, PolicyVersion } from './types.ts';

/** Fixed, so that the same rows give the same bytes. Level 1: digests and ids do not compress, and higher levels only cost time. */
const PARQUET = '(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880)';

export interface DayRange {
  day: string;
  from: number;
  to: number;
}

export interface DayProjection {
  files: ManifestFile[];
  rows: number;
  late: number;
  gaps: DayGap[];
  control_map_digests: string[];
  /** Policy records before the end of the day. */
  versions: PolicyVersion[];
}

/**
 * Writes the files of one day below a new folder: one fact file, and one file for each control that a map in force names, also
 * when it has no row (looked, and nothing was there). Same log, same DuckDB: same bytes.
 * @param before policy records before the day's first leaf
 * @param folder where the files go, under their keys; read-only and synced to disk when this returns
 */
export async function projectDay(
  reader: LedgerReader,
  range: DayRange,
  before: readonly PolicyVersion[],
  folder: string,
): Promise<DayProjection> {
  await mkdir(folder, { recursive: true });
  const lines = join(folder, 'records.ndjson');
  const during = await writeLines(reader, range.from, range.to, lines);
  const versions = [...before, ...during];
  // One thread a statement, so that row groups are cut the same way each time; two statements work side by side.
  const database = await openDatabase({ threads: 1, memoryLimit: '1GB', temporary: join(folder, 'spill') });
  try {
    const { connection } = database;
    await loadLines(connection, [lines], reader.origin);
    await rm(lines);
    const bridge = await readBridge(reader, new Set(versions.map((version) => version.control_map_digest)));
    // All that the day's files hold was recorded on it, so a link counts for the whole day or not at all.
    const rows = rowsOn(bridge.rows, range.day);
    await loadBridge(connection, rows);
    const known = new Set(versions.map((version) => version.control_map_digest));
    const counts = await countDay(connection, known);
    const maps = [...new Set([...mapsInForce(versions, range.from, range.to), ...counts.used])].sort();
    const second = await database.connect();
    const fact: FileJob = { key: factKey(range.day), select: FACT_SELECT };
    const [[factFile]] = await Promise.all([
      writeFiles([connection], [fact], folder),
      second.run(
        `CREATE TABLE evidence_row AS ${EVIDENCE_SELECT} ORDER BY framework, control, record.log_index`,
      ),
    ]);
    const jobs = evidenceJobs(range.day, controlsOf(rows, new Set(maps)));
    const evidence = await writeFiles([connection, second], jobs, folder);
    const files = factFile === undefined ? evidence : [...evidence, factFile];
    const inForce = bridge.gaps.filter(({ control_map_digest: digest }) => maps.includes(digest ?? ''));
    return { files, ...counts, gaps: [...inForce, ...counts.gaps], control_map_digests: maps, versions };
  } finally {
    database.close();
    await rm(join(folder, 'spill'), { recursive: true, force: true });
  }
}

interface FileJob {
  key: string;
  select: string;
  control?: ControlName;
}

// Both tables are in the order of the file already, and one thread keeps that order: no file needs a sort of its own.
const FACT_SELECT = `SELECT ${names(FACT_COLUMNS)} FROM record`;

function evidenceJobs(day: string, controls: readonly ControlName[]): FileJob[] {
  return controls.map((control) => ({
    key: evidenceKey(control, day),
    select: `SELECT ${names(EVIDENCE_COLUMNS)} FROM evidence_row WHERE framework = ${literal(control.framework)}
      AND control = ${literal(control.control)}`,
    control,
  }));
}

async function writeFiles(
  connections: readonly DuckDBConnection[],
  jobs: readonly FileJob[],
  folder: string,
): Promise<ManifestFile[]> {
  const files: ManifestFile[] = [];
  const queue = jobs.values();
  const work = async (connection: DuckDBConnection) => {
    for (const job of queue) {
      const path = join(folder, job.key);
      await mkdir(dirname(path), { recursive: true });
      const result = await connection.run(`COPY (${job.select}) TO ${literal(path)} ${PARQUET}`);
      files.push({ key: job.key, rows: result.rowsChanged, ...(await seal(path)), ...job.control });
    }
  };
  await Promise.all(connections.map(work));
  return files.sort((a, b) => (a.key < b.key ? -1 : 1));
}

// On disk before anything names it, and read-only: a closed day is not written again.
async function seal(path: string): Promise<{ sha256: Digest; bytes: number }> {
  const file = await open(path, 'r+');
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
  await chmod(path, 0o444);
  return digestFile(path);
}
