import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { LedgerReader } from '../../ledger/index.ts';
import { literals } from '../duckdb.ts';
import { inParallel } from '../parallel.ts';
import { Tombstones } from '../purge/tombstone.ts';
import { checkFile } from '../verify.ts';
import { latest } from './as-of.ts';
import type { Expected } from './scope.ts';
import type { CheckDepth, Coverage, CoverageGap, QueryOptions } from './types.ts';

/** Up to this many bytes `auto` compares digests: about 50 ms of hashing. */
const AUTO_BYTES = 64 * 1024 * 1024;

export interface CheckedFiles {
  /** Files that are what their manifest says; only these are queried. */
  good: Expected[];
  gaps: CoverageGap[];
  rows_expected: number;
  rows_found: number;
  checked: Coverage['checked'];
}

/**
 * Compares the files of a period with their manifests. A file that is missing or differs is a gap, and is left out of the answer.
 * @param connection reads the row counts out of Parquet footers
 */
export async function checkFiles(
  connection: DuckDBConnection,
  reader: LedgerReader,
  expected: readonly Expected[],
  check: CheckDepth,
  { hashed, progress }: Pick<QueryOptions, 'hashed' | 'progress'> = {},
): Promise<CheckedFiles> {
  const named = expected.filter(({ file }) => file !== undefined);
  const bytes = named.reduce((sum, { file }) => sum + (file?.bytes ?? 0), 0);
  const depth = check === 'auto' ? (bytes <= AUTO_BYTES ? 'digest' : 'size') : check;
  const result: CheckedFiles = {
    good: [],
    gaps: [],
    rows_expected: named.reduce((sum, { file }) => sum + (file?.rows ?? 0), 0),
    rows_found: 0,
    checked: named.length === 0 ? 'nothing to check' : depth === 'digest' ? 'bytes' : 'length and rows',
  };
  const { folder } = reader;
  const tombstones = new Tombstones(latest(reader));
  let done = 0;
  const found = await inParallel(named, async (item) => {
    const gap = await fileGap(folder, item, depth, tombstones, hashed);
    done += 1;
    progress?.('files compared', done, named.length);
    return gap;
  });
  const present = named.filter((_, at) => found[at] === undefined);
  result.gaps.push(...found.filter((gap) => gap !== undefined));
  // Also where the digests agree: then it is the manifest that says a wrong number.
  result.good = await checkRows(connection, folder, present, result.gaps);
  result.rows_found = result.good.reduce((sum, { file }) => sum + (file?.rows ?? 0), 0);
  result.gaps.sort((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1));
  return result;
}

async function fileGap(
  folder: string,
  item: Expected,
  depth: 'size' | 'digest',
  tombstones: Tombstones,
  hashed: Map<string, string> | undefined,
): Promise<CoverageGap | undefined> {
  if (item.file === undefined) return undefined;
  const problem = await checkFile(folder, item.day, item.file, depth, hashed);
  if (problem === undefined) return undefined;
  const tombstone = problem.kind === 'missing' ? await tombstones.of(item.day, item.file) : undefined;
  const kind = problem.kind === 'missing' ? 'file_missing' : 'file_differs';
  return {
    kind: tombstone === undefined ? kind : 'purged',
    message:
      tombstone === undefined
        ? problem.message
        : `${item.file.key} was purged: ${tombstone.reason} (tombstone at record ${tombstone.log_index})`,
    from: item.day,
    to: item.day,
    key: item.file.key,
    ...item.control,
  };
}

async function checkRows(
  connection: DuckDBConnection,
  folder: string,
  items: readonly Expected[],
  gaps: CoverageGap[],
): Promise<Expected[]> {
  if (items.length === 0) return [];
  const paths = items.map(({ file }) => join(folder, file?.key ?? ''));
  const result = await connection.runAndReadAll(
    `SELECT file_name, num_rows FROM parquet_file_metadata(${literals(paths)})`,
  );
  const rows = new Map(result.getRows().map(([name, count]) => [String(name), Number(count)]));
  return items.filter(({ day, control, file }, at) => {
    const found = rows.get(paths[at] ?? '');
    if (file === undefined || found === file.rows) return true;
    const message = `${file.key} has ${found ?? 'no'} rows; its manifest says ${file.rows}`;
    gaps.push({ kind: 'rows_differ', message, from: day, to: day, key: file.key, ...control });
    return false;
  });
}
