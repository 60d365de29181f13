import { templateOf } from '../catalogue/tables.ts';
import { inParallel } from '../parallel.ts';
import type { Expected } from '../query/scope.ts';
import type { CoverageGap } from '../query/types.ts';
import { notProjected } from './projected.ts';
import type { LakeTable } from './tables.ts';
import type { RemoteEngine, RemoteLake, RemoteLimits } from './types.ts';

/** Most files of one table that are compared. */
const MOST_FILES = 500_000;

/** A file as the engine says that it reads it. */
interface Read {
  rows: number;
  /** Undefined where the engine does not tell. */
  bytes: number | undefined;
}

export interface Compared {
  /** Keys that the engine reads with the rows of the manifest. */
  good: Set<string>;
  gaps: CoverageGap[];
}

/**
 * Asks the engine which files it reads for a question and how many rows it finds in each, and compares that with what the manifests say. So a
 * projection that ends too early, a control that it does not list, a file that is absent or another, and one too many are all seen.
 */
export async function compareCounts(
  engine: RemoteEngine,
  lake: RemoteLake,
  tables: readonly LakeTable[],
  expected: readonly Expected[],
  limits: Omit<RemoteLimits, 'rowLimit'>,
): Promise<Compared> {
  const result: Compared = { good: new Set(), gaps: [] };
  const asked = await inParallel(tables, async (table) => {
    limits.stop?.throwIfAborted();
    return { table, ...(await askTable(engine, table, limits)) };
  });
  for (const { table, parameters, read } of asked) {
    const items = expected.filter(
      ({ view, control, file }) =>
        file !== undefined && view === table.view && control?.framework === table.framework,
    );
    if (parameters === undefined || read === undefined) {
      result.gaps.push({
        kind: 'catalogue',
        message: `the catalogue of ${engine.kind} has no table ${table.database}.${table.view}`,
      });
      continue;
    }
    const template = templateOf(lake.location, table.view, table.framework);
    if (parameters['storage.location.template'] !== template)
      result.gaps.push({
        kind: 'catalogue',
        message: `${table.database}.${table.view} looks in ${parameters['storage.location.template'] ?? 'no template of a location'}; the lake is in ${template}`,
      });
    result.gaps.push(...compareTable(engine, lake, table, items, parameters, read, result));
  }
  return result;
}

type FilesRead = Awaited<ReturnType<typeof filesRead>>;

/** The two questions about a table at the same time. Undefined where the catalogue has no such table. */
async function askTable(
  engine: RemoteEngine,
  table: LakeTable,
  limits: Omit<RemoteLimits, 'rowLimit'>,
): Promise<{ parameters: Readonly<Record<string, string>> | undefined; read: FilesRead | undefined }> {
  const [parameters, read] = await Promise.allSettled([
    engine.parameters(table.database, table.view),
    filesRead(engine, table, limits),
  ]);
  if (parameters.status === 'rejected') throw parameters.reason;
  // Its files cannot be asked for either.
  if (parameters.value === undefined) return { parameters: undefined, read: undefined };
  if (read.status === 'rejected') throw read.reason;
  return { parameters: parameters.value, read: read.value };
}

async function filesRead(
  engine: RemoteEngine,
  { database, view, where }: LakeTable,
  limits: Omit<RemoteLimits, 'rowLimit'>,
): Promise<{ files: Map<string, Read>; more: boolean }> {
  const size = engine.tellsLength ? '"$file_size"' : 'CAST(NULL AS bigint)';
  const sql = `SELECT "$path", ${size}, count(*) FROM ${engine.table(database, view)} WHERE ${where} GROUP BY 1, 2`;
  const { rows, more } = await engine.run(
    { name: `coverage of ${view}`, sql, values: [], before: 0 },
    { ...limits, rowLimit: MOST_FILES },
  );
  const files = new Map(
    rows.map(([path, bytes, count]): [string, Read] => [
      String(path).replace(/^s3[an]?:\/\//, 's3://'),
      { rows: Number(count), bytes: bytes === null ? undefined : Number(bytes) },
    ]),
  );
  return { files, more };
}

function compareTable(
  engine: RemoteEngine,
  lake: RemoteLake,
  table: LakeTable,
  items: readonly Expected[],
  parameters: Readonly<Record<string, string>>,
  { files, more }: FilesRead,
  result: Compared,
): CoverageGap[] {
  const gaps: CoverageGap[] = [];
  for (const item of items) {
    const { file, day, control } = item;
    if (file === undefined) continue;
    const path = `${lake.location}/${file.key}`;
    const read = files.get(path);
    files.delete(path);
    const gap = (kind: CoverageGap['kind'], message: string) =>
      gaps.push({ kind, message, from: day, to: day, key: file.key, ...control });
    const why = notProjected(parameters, partitionOf(item));
    if (why !== undefined)
      gap('catalogue', `${table.database}.${table.view} does not read ${file.key}: ${why}`);
    else if ((read?.rows ?? 0) !== file.rows)
      gap(
        read === undefined ? 'file_missing' : 'rows_differ',
        `${engine.kind} finds ${read?.rows ?? 'no'} rows in ${file.key}; its manifest says ${file.rows}`,
      );
    else if (read?.bytes !== undefined && read.bytes !== file.bytes)
      gap(
        'file_differs',
        `${file.key} has ${read.bytes} bytes in the bucket; its manifest says ${file.bytes}`,
      );
    else result.good.add(file.key);
  }
  for (const [path, { rows }] of files)
    gaps.push({
      kind: 'not_in_manifest',
      message: `${engine.kind} reads ${rows} rows of ${path}, which no manifest of the period names`,
    });
  if (more) gaps.push({ kind: 'truncated', message: `${table.view} has more than ${MOST_FILES} files` });
  return gaps;
}

function partitionOf({ day, control }: Expected): Record<string, string> {
  const [year = '', month = '', date = ''] = day.split('-');
  return { ...(control === undefined ? {} : { control: control.control }), year, month, day: date };
}
