import type { LogReader } from '../../ledger/index.ts';
import { logDays } from '../calendar.ts';
import { scanVersions } from '../history.ts';
import { asOf } from '../query/as-of.ts';
import { coverageOf } from '../query/coverage.ts';
import { relations } from '../query/dimensions.ts';
import { unknownControl } from '../query/expectation.ts';
import { assertDialect } from '../query/lint.ts';
import { forAuditor, linksForAuditor, onlyOwn } from '../query/own.ts';
import { expectationGaps, type PreparedViews } from '../query/prepare.ts';
import { prepareQuestion, type Question } from '../query/question.ts';
import {
  DEFAULT_TAIL_LIMIT,
  expectedFiles,
  type Reads,
  readMaps,
  readScope,
  type Scope,
} from '../query/scope.ts';
import { DEFAULT_TIMEOUT, type QueryAnswer, type QueryRequest } from '../query/types.ts';
import { resultDigest } from '../query/values.ts';
import { compareFiles } from './compare.ts';
import { assertLength, compose, inlined } from './compose.ts';
import { inlinedLinks } from './links.ts';
import { type LakeTable, lakeSelects, lakeTables } from './tables.ts';
import { together } from './together.ts';
import type { RemoteEngine, RemoteOptions } from './types.ts';

/**
 * Answers a question by an engine that reads the lake in a bucket. What should be there comes from the log, here; what is there, the engine says.
 * The days that are not closed are not read, and the header says so. The log itself is not verified here.
 * @throws ExhibitError QUERY_INVALID, QUERY_FAILED, USAGE, and what the ledger and the store throw
 */
export async function queryRemote(
  log: LogReader,
  request: QueryRequest,
  engine: RemoteEngine,
  options: RemoteOptions,
): Promise<QueryAnswer> {
  const [at] = options.sizes ?? [];
  const reader = at === undefined ? log : asOf(log, at);
  const { timeout = DEFAULT_TIMEOUT, rowLimit = 100_000, tailLimit = DEFAULT_TAIL_LIMIT } = options;
  const { origin, size, root } = await reader.checkpoint();
  const asked = prepareQuestion(request, await logDays(reader));
  assertDialect(asked.text, asked.name);
  if (options.auditor === true) onlyOwn(asked);
  const scope = await readScope(reader, asked.read, size, tailLimit);
  const prepared = await prepare(reader, scope, asked, engine, options);
  const statement = { name: asked.name, values: asked.values, ...prepared.statement };
  assertLength(statement.sql, engine.longestText, asked.name);
  const [{ columns, rows, more, id, scanned_bytes }, files] = await together(
    (stop) => engine.run(statement, { timeout, rowLimit, stop }),
    (stop) => compareFiles(engine, options, prepared.tables, prepared.expected, { timeout, stop }),
  );
  const truncated = more
    ? {
        limit: rowLimit,
        message: `the answer has more than ${rowLimit} rows: the rest is not shown; raise the row limit or ask for less`,
      }
    : undefined;
  const views: PreparedViews = { ...prepared.views, files };
  return {
    query: { name: asked.name, text: asked.text, parameters: asked.parameters },
    coverage: coverageOf(scope, views, asked.read, truncated),
    ledger: { origin, size, root },
    engine: { name: engine.kind, query_id: id, scanned_bytes },
    ...(asked.scope === undefined ? {} : { scope: asked.scope }),
    columns,
    rows,
    row_count: rows.length,
    ...(truncated === undefined ? {} : { truncated }),
    result_digest: resultDigest(columns, rows),
  };
}

interface Prepared {
  statement: { sql: string; before: number };
  tables: LakeTable[];
  expected: ReturnType<typeof expectedFiles>;
  views: Omit<PreparedViews, 'files'>;
}

async function prepare(
  reader: LogReader,
  scope: Scope,
  asked: Question,
  engine: RemoteEngine,
  options: RemoteOptions,
): Promise<Prepared> {
  const { words } = asked;
  const reads: Reads = {
    fact: words.has('fact'),
    daily_counts: words.has('daily_counts'),
    evidence: words.has('evidence'),
  };
  const unread = await readOpenVersions(reader, scope, options.tailLimit ?? DEFAULT_TAIL_LIMIT);
  const bridge = await readMaps(reader, scope.versions);
  const expected = expectedFiles(scope, bridge, reads, asked.chosen);
  const frameworks = [...new Set(bridge.rows.filter(asked.chosen).map(({ framework }) => framework))].sort();
  const tables = lakeTables(reads, frameworks, asked, options.lake);
  const small = await relations(reader, scope, words);
  const auditor = options.auditor === true || asked.scope !== undefined;
  const links = auditor ? linksForAuditor(bridge.rows, asked) : bridge.rows;
  const limited = auditor ? small.relations.map((one) => forAuditor(one, asked, links)) : small.relations;
  const names = [
    ...lakeSelects(tables, reads, engine),
    ...(words.has('control_map') ? [inlinedLinks(links, words)] : []),
    ...limited.map((relation) => inlined(relation, words)),
  ];
  return {
    statement: compose(asked.text, names),
    tables,
    expected,
    views: {
      expected: expected.length,
      gaps: [
        ...unread,
        ...expectationGaps(expected, scope, bridge, asked),
        ...small.gaps,
        ...(await unknownControl(reader, scope.versions, bridge, reads, asked)),
      ],
      fromLog: { days: [], records: 0 },
      placesDecisions: asked.placesDecisions,
      source: Object.values(reads).includes(true) ? 'files' : words.has('manifest') ? 'manifests' : 'log',
    },
  };
}

/** Policy records of open days are read, as on DuckDB; other records of these days are not: the header names the days as not closed. */
async function readOpenVersions(
  reader: LogReader,
  scope: Scope,
  limit: number,
): Promise<PreparedViews['gaps']> {
  const gaps: PreparedViews['gaps'] = [];
  let read = 0;
  for (const { day, from, to } of scope.open) {
    if (read + to - from > limit) {
      const message = `${day} is open and has ${to - from} records: more than ${limit} in all are not searched for policy records`;
      gaps.push({ kind: 'tail_not_read', message, from: day, to: day, count: to - from });
      continue;
    }
    scope.versions.push(...(await scanVersions(reader, from, to)));
    read += to - from;
  }
  const versions = new Map(scope.versions.map((version) => [version.log_index, version]));
  scope.versions = [...versions.values()].sort((a, b) => a.log_index - b.log_index);
  return gaps;
}
