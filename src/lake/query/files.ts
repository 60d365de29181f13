import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { LedgerReader } from '../../ledger/index.ts';
import { literals } from '../duckdb.ts';
import { inParallel } from '../parallel.ts';
import { Tombstones } from '../purge/tombstone.ts';
import { checkFile } from '../verify.ts';
import { latest } from './as-of.ts';
import { Known } from './known.ts';
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
  { known = new Known(), progress }: Pick<QueryOptions, 'known' | 'progress'> = {},
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
  const differ = await reader.fetch?.(named.flatMap(({ file }) => file ?? []));
  const tombstones = new Tombstones(latest(reader));
  let done = 0;
  const found = await inParallel(named, async (item) => {
    // What is known to differ is compared to its bytes, whatever the others are compared by.
    const own = differ?.has(item.file?.key ?? '') === true ? 'digest' : depth;
    const gap = await fileGap(folder, item, own, tombstones, known.hashed);
    done += 1;
    progress?.('files compared', done, named.length);
    return gap;
  });
  const present = named.filter((_, at) => found[at] === undefined);
  result.gaps.push(...found.filter((gap) => gap !== undefined));
  // Also where the digests agree: then it is the manifest that says a wrong number.
  result.good = await checkRows(
    connection,
    folder,
    present,
    result.gaps,
    depth === 'digest' ? known.rows : new Map(),
  );
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

/** @param known rows of files by their digest: given only where each file's digest was compared */
async function checkRows(
  connection: DuckDBConnection,
  folder: string,
  items: readonly Expected[],
  gaps: CoverageGap[],
  known: Map<string, number>,
): Promise<Expected[]> {
  const pathOf = ({ file }: Expected) => join(folder, file?.key ?? '');
  const asked = items.filter(({ file }) => !known.has(file?.sha256 ?? ''));
  const rows = await countRows(connection, asked.map(pathOf));
  for (const item of asked) {
    const found = rows.get(pathOf(item));
    if (item.file !== undefined && found !== undefined) known.set(item.file.sha256, found);
  }
  return items.filter((item) => {
    const { day, control, file } = item;
    const found = file === undefined ? undefined : (rows.get(pathOf(item)) ?? known.get(file.sha256));
    if (file === undefined || found === file.rows) return true;
    const message = `${file.key} has ${found ?? 'no'} rows; its manifest says ${file.rows}`;
    gaps.push({ kind: 'rows_differ', message, from: day, to: day, key: file.key, ...control });
    return false;
  });
}

async function countRows(
  connection: DuckDBConnection,
  paths: readonly string[],
): Promise<Map<string, number>> {
  if (paths.length === 0) return new Map();
  const result = await connection.runAndReadAll(
    `SELECT file_name, num_rows FROM parquet_file_metadata(${literals(paths)})`,
  );
  return new Map(result.getRows().map(([name, count]) => [String(name), Number(count)]));
}
