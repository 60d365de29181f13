import type { LogReader } from '../../ledger/index.ts';
import type { BridgeRow } from '../bridge.ts';
import { logDays } from '../calendar.ts';
import { QUERIES, queryText } from '../queries/index.ts';
import type { QueryTemplate } from '../queries/types.ts';
import { relations } from '../query/dimensions.ts';
import type { Relation } from '../query/relation.ts';
import { DEFAULT_TAIL_LIMIT, readMaps, readScope } from '../query/scope.ts';
import { tokenize } from '../query/tokens.ts';
import { compose, inlined } from '../remote/compose.ts';
import { inlinedLinks } from '../remote/links.ts';
import { lakeSelects, lakeTables } from '../remote/tables.ts';
import type { RemoteEngine, RemoteLake } from '../remote/types.ts';
import type { Named } from './read.ts';
import { databaseOf } from './tables.ts';

/** A saved question as an engine can keep it: the text as it is, below what its names stand for. */
export interface SavedStatement {
  /** Such as `soc2 verdicts-by-day`, or `gap-records`. */
  name: string;
  description: string;
  database: string;
  sql: string;
}

/** What an engine's own users see as tables: the small ones, as of a size of the log. */
export interface SavedView {
  name: string;
  sql: string;
}

export interface Saved {
  /** Records of the log that the small tables are of. */
  size: number;
  statements: SavedStatement[];
  views: SavedView[];
  /** What would be longer than the engine takes. */
  left_out: string[];
}

/** Views that the log gives, not the lake. */
const SMALL = ['control_map', 'framework_controls', 'policy', 'policy_version', 'manifest'] as const;

/**
 * Saved questions for people who ask the engine itself. They have no coverage header: what a projection leaves out is not said there. Questions
 * about one control are made for each framework, in its own database, so that they need no right on another.
 */
export async function savedStatements(
  reader: LogReader,
  named: Named,
  lake: RemoteLake,
  engine: Pick<RemoteEngine, 'table' | 'longestText'>,
): Promise<Saved> {
  const { size } = await reader.checkpoint();
  const days = await logDays(reader);
  const period = { from: days[0] ?? '1970-01-01', to: days.at(-1) ?? '1970-01-01' };
  const scope = await readScope(reader, period, size, DEFAULT_TAIL_LIMIT);
  const bridge = await readMaps(reader, scope.versions);
  const all = new Set<string>([...SMALL, '*']);
  const small = (await relations(reader, scope, all)).relations;
  const links = bridge.rows;
  const saved: Saved = { size, statements: [], views: [], left_out: [] };
  const put = <T extends { name: string; sql: string }>(list: T[], one: T) => {
    if (Buffer.byteLength(one.sql) <= engine.longestText) list.push(one);
    else saved.left_out.push(one.name);
  };
  for (const query of QUERIES) {
    const evidence = wordsOf(query).has('evidence');
    for (const framework of evidence ? Object.keys(named.frameworks) : [undefined])
      put(saved.statements, statementOf(query, framework, { named, lake, engine, small, links, size }));
  }
  for (const { name, select } of [inlinedLinks(links, all), ...small.map((one) => inlined(one, all))]) {
    put(saved.views, { name, sql: `CREATE OR REPLACE VIEW ${engine.table(lake.name, name)} AS ${select}` });
  }
  return saved;
}

function wordsOf(query: QueryTemplate): Set<string> {
  return new Set(tokenize(query.sql).map(({ text }) => text));
}

interface Material {
  named: Named;
  lake: RemoteLake;
  engine: Pick<RemoteEngine, 'table'>;
  small: readonly Relation[];
  links: readonly BridgeRow[];
  size: number;
}

function statementOf(
  query: QueryTemplate,
  framework: string | undefined,
  { named, lake, engine, small, links, size }: Material,
): SavedStatement {
  const words = wordsOf(query);
  const reads = {
    fact: words.has('fact'),
    daily_counts: words.has('daily_counts'),
    evidence: words.has('evidence'),
  };
  // All years that the catalogue has: the question has its own period.
  const read = { from: `${named.firstYear}-01-01`, to: `${named.lastYear}-12-31` };
  const tables = lakeTables(
    reads,
    framework === undefined ? [] : [framework],
    { read, control: undefined },
    lake,
  );
  const names = [
    ...lakeSelects(tables, reads, engine),
    ...(words.has('control_map') ? [inlinedLinks(links, words)] : []),
    ...small.filter(({ name }) => words.has(name)).map((relation) => inlined(relation, words)),
  ];
  const usesLog = SMALL.some((view) => words.has(view));
  return {
    name: framework === undefined ? query.name : `${framework} ${query.name}`,
    description: `${query.title}.${usesLog ? ` Small tables as of ${size} records of the log.` : ''}`,
    database: framework === undefined ? lake.name : databaseOf(lake.name, framework),
    sql: compose(queryText(query), names).sql,
  };
}
