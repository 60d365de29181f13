import type { DuckDBConnection } from '@duckdb/node-api';
import type { LedgerReader } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { Bridge } from '../bridge.ts';
import type { Database } from '../duckdb.ts';
import { loadBridge, loadEntries } from '../load.ts';
import { LAKE_SCHEMA } from '../types.ts';
import { relations } from './dimensions.ts';
import { unknownControl } from './expectation.ts';
import { checkFiles } from './files.ts';
import { createMacros } from './macros.ts';
import { forAuditor, linksForAuditor } from './own.ts';
import type { Question } from './question.ts';
import { createRelation } from './relation.ts';
import { DEFAULT_TAIL_LIMIT, expectedFiles, type Reads, readMaps, type Scope } from './scope.ts';
import type { Coverage, CoverageGap, QueryOptions } from './types.ts';
import { createDailyCounts, createEvidence, createFact } from './views.ts';

/** Most files that one query opens. */
const MAX_FILES = 4_000;

/** What the views were made from. */
export interface PreparedViews {
  expected: number;
  files: Awaited<ReturnType<typeof checkFiles>>;
  gaps: CoverageGap[];
  fromLog: { days: string[]; records: number };
  placesDecisions: boolean;
  source: Coverage['source'];
}

/** Checks the files that a question reads and makes the views, from them and from the open days of the log. */
export async function prepareViews(
  reader: LedgerReader,
  database: Database,
  scope: Scope,
  asked: Question,
  options: QueryOptions,
  temporary: string,
): Promise<PreparedViews> {
  const { connection } = database;
  const { words } = asked;
  const reads: Reads = {
    fact: words.has('fact'),
    daily_counts: words.has('daily_counts'),
    evidence: words.has('evidence'),
  };
  const fromLog = await readOpenDays(
    reader,
    connection,
    scope,
    options.tailLimit ?? DEFAULT_TAIL_LIMIT,
    temporary,
  );
  const bridge = await readMaps(reader, scope.versions);
  const links = asked.scope === undefined ? bridge.rows : linksForAuditor(bridge.rows, asked);
  await loadBridge(connection, links);
  const expected = expectedFiles(scope, bridge, reads, asked.chosen);
  const named = expected.filter(({ file }) => file !== undefined).length;
  if (named > MAX_FILES) {
    throw new ExhibitError('QUERY_INVALID', `the query would open ${named} files; ${MAX_FILES} is the most`, {
      hint: 'Choose a framework and a control, or a shorter period; across controls, use fact or daily_counts with control_map.',
    });
  }
  const files = await checkFiles(connection, reader, expected, options.check ?? 'auto', options);
  const has = fromLog.records > 0;
  const good = (name: keyof Reads) => files.good.filter(({ view }) => view === name);
  const oneShape = scope.manifests.every(({ details }) => details.schema_version === LAKE_SCHEMA);
  if (reads.fact) await createFact(connection, reader.folder, good('fact'), has, oneShape);
  if (reads.daily_counts)
    await createDailyCounts(connection, reader.folder, good('daily_counts'), has, oneShape);
  if (reads.evidence) {
    await createEvidence(
      connection,
      reader.folder,
      good('evidence'),
      has ? asked.filter : undefined,
      oneShape,
    );
  }
  if (asked.scope !== undefined && has) await keepOwn(connection);
  const gaps = [...fromLog.gaps, ...expectationGaps(expected, scope, bridge, asked)];
  const macros = createMacros(words);
  if (macros !== '') await connection.run(macros);
  await connection.run('CREATE VIEW control_map AS SELECT * FROM bridge');
  const found = await relations(reader, scope, words);
  for (const relation of found.relations)
    await createRelation(
      connection,
      asked.scope === undefined ? relation : forAuditor(relation, asked, links),
    );
  gaps.push(...found.gaps);
  gaps.push(...(await unknownControl(reader, scope.versions, bridge, reads, asked)));
  const source = Object.values(reads).includes(true) ? 'files' : words.has('manifest') ? 'manifests' : 'log';
  return { expected: expected.length, files, gaps, fromLog, placesDecisions: asked.placesDecisions, source };
}

/** Of the open days, only records that a link of the scope's framework places stay in the engine: no text could reach the others. */
async function keepOwn(connection: DuckDBConnection): Promise<void> {
  await connection.run(`DELETE FROM record WHERE NOT EXISTS (SELECT 1 FROM bridge
    WHERE bridge.map_digest = record.control_map_digest AND bridge.policy_id = record.policy_id)`);
}

/** What the period should have and its manifests do not name, and what no control map places. */
export function expectationGaps(
  expected: ReturnType<typeof expectedFiles>,
  scope: Scope,
  bridge: Bridge,
  asked: Question,
): CoverageGap[] {
  const gaps: CoverageGap[] = [];
  const closed = new Set(scope.manifests.map(({ details }) => details.day));
  for (const { day, view, control, file } of expected) {
    if (file !== undefined || !closed.has(day)) continue;
    const what = control === undefined ? view : `${control.framework}/${control.control}`;
    gaps.push({
      kind: 'not_in_manifest',
      message: `the manifest of ${day} names no file of ${what}`,
      from: day,
      to: day,
      ...control,
    });
  }
  if (!asked.placesDecisions) return gaps;
  gaps.push(
    ...bridge.gaps.map(
      ({ message, control_map_digest: digest }): CoverageGap => ({
        kind: 'control_map',
        message: `${digest}: ${message}`,
      }),
    ),
  );
  return gaps;
}

async function readOpenDays(
  reader: LedgerReader,
  connection: DuckDBConnection,
  scope: Scope,
  limit: number,
  temporary: string,
): Promise<PreparedViews['fromLog'] & { gaps: CoverageGap[] }> {
  const result = { days: [] as string[], records: 0, gaps: [] as CoverageGap[] };
  const ranges: { from: number; to: number }[] = [];
  for (const { day, from, to } of scope.open) {
    if (result.records + to - from > limit) {
      const message = `${day} is open and has ${to - from} records: more than ${limit} in all are not read from the log`;
      result.gaps.push({ kind: 'tail_not_read', message, from: day, to: day, count: to - from });
      continue;
    }
    // Days that follow each other in the log are one load: a load costs more than the few records of a day.
    const last = ranges.at(-1);
    if (last?.to === from) last.to = to;
    else ranges.push({ from, to });
    result.days.push(day);
    result.records += to - from;
  }
  for (const { from, to } of ranges)
    scope.versions.push(...(await loadEntries(connection, reader, from, to, temporary)));
  // An open day before a closed one was read already: the closed day's manifest lists its policy records.
  const versions = new Map(scope.versions.map((version) => [version.log_index, version]));
  scope.versions = [...versions.values()].sort((a, b) => a.log_index - b.log_index);
  return result;
}
