import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LedgerReader } from '../ledger/index.ts';
import { controlsOf, readableMaps, readBridge, rowsOn } from './bridge.ts';
import { FACT_COLUMNS, names } from './columns.ts';
import { countDay } from './counts.ts';
import { openDatabase } from './duckdb.ts';
import { mapsInForce } from './history.ts';
import { dailyCountsKey, factKey } from './keys.ts';
import { dailyCountsSelect, loadBridge, loadEntries } from './load.ts';
import { evidenceJobs } from './place.ts';
import type { DayGap, ManifestFile, PolicyVersion } from './types.ts';
import { writeFiles } from './write.ts';

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
 * Writes the files of one day below a new folder: one fact file, its daily counts, and one file for each control that a map in force names, also
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
  // One thread a statement, so that rows and row groups come the same way each time; two statements work side by side.
  const database = await openDatabase({ threads: 1, memoryLimit: '1GB', temporary: join(folder, 'spill') });
  try {
    const { connection } = database;
    const versions = [...before, ...(await loadEntries(connection, reader, range.from, range.to, folder))];
    const known = new Set(versions.map((version) => version.control_map_digest));
    const bridge = await readBridge(reader, known);
    // All that the day's files hold was recorded on it, so a link counts for the whole day or not at all.
    const rows = rowsOn(bridge.rows, range.day);
    await loadBridge(connection, rows);
    const counts = await countDay(connection, known, readableMaps(known, bridge));
    const maps = [...new Set([...mapsInForce(versions, range.from, range.to), ...counts.used])].sort();
    const controls = controlsOf(rows, new Set(maps));
    const fact = { select: FACT_SELECT, empty: FACT_SELECT, files: [{ key: factKey(range.day) }] };
    const counted = dailyCountsSelect();
    const daily = { select: counted, empty: counted, files: [{ key: dailyCountsKey(range.day) }] };
    const jobs = [fact, ...(await evidenceJobs(connection, range.day, controls, rows)), daily];
    const files = await writeFiles([connection, await database.connect()], jobs, folder);
    const inForce = bridge.gaps.filter(({ control_map_digest: digest }) => maps.includes(digest ?? ''));
    return {
      files,
      ...counts,
      gaps: [...inForce, ...counts.gaps],
      control_map_digests: maps,
      versions,
    };
  } finally {
    database.close();
    await rm(join(folder, 'spill'), { recursive: true, force: true });
  }
}

const FACT_SELECT = `SELECT ${names(FACT_COLUMNS)} FROM record`;
