import type { DuckDBConnection } from '@duckdb/node-api';
import { ExhibitError } from '../../record/index.ts';
import type { Coverage, CoverageGap } from './types.ts';

/** A log as an answer names it. */
export interface AnsweredLedger {
  origin: string;
  size: number;
  root: string;
}

/** Schema of one of several logs in the database of a question. */
const shardSchema = (at: number): string => `shard_${at}`;

/** Makes a schema for one of several logs: what is made by this connection is in it. */
export async function enterShard(connection: DuckDBConnection, at: number): Promise<DuckDBConnection> {
  const schema = shardSchema(at);
  await connection.run(`CREATE SCHEMA ${schema}; SET schema = '${schema}'`);
  // An appender does not follow the setting.
  const createAppender = (table: string) => connection.createAppender(table, schema);
  return Object.create(connection, { createAppender: { value: createAppender } }) as DuckDBConnection;
}

/** Views whose rows are of one log each. The others say the same of the same maps, whichever log carries them. */
const BY_LOG = new Set(['fact', 'daily_counts', 'evidence', 'manifest', 'policy_version']);
const SHARED = new Set(['control_map', 'framework_controls', 'policy']);

/** Makes the views of a question over those of each log. */
export async function uniteViews(connection: DuckDBConnection, shards: number): Promise<void> {
  const made = await connection.runAndReadAll(
    `SELECT DISTINCT table_name FROM information_schema.tables WHERE table_schema = '${shardSchema(0)}'`,
  );
  for (const [name] of made.getRows()) {
    const view = String(name);
    if (!BY_LOG.has(view) && !SHARED.has(view)) continue;
    const parts = Array.from({ length: shards }, (_, at) => `SELECT * FROM ${shardSchema(at)}.${view}`);
    const union = BY_LOG.has(view) ? ' UNION ALL BY NAME ' : ' UNION BY NAME ';
    await connection.run(`CREATE VIEW ${view} AS ${parts.join(union)}`);
  }
}

/** @throws ExhibitError USAGE where two are of one log: each of its records would be counted twice */
export function mustDiffer(ledgers: readonly AnsweredLedger[]): void {
  const seen = new Set<string>();
  for (const { origin } of ledgers) {
    if (seen.has(origin))
      throw new ExhibitError(
        'USAGE',
        `two of the folders hold the log ${origin}: its records would count twice`,
        {
          hint: 'Name each log once.',
        },
      );
    seen.add(origin);
  }
}

/** The header of an answer over several logs: complete where each of them is. */
export function uniteCoverage(all: readonly { origin: string; coverage: Coverage }[]): Coverage {
  const [first] = all;
  if (first === undefined || all.length === 1) return (first as { coverage: Coverage }).coverage;
  const sum = (of: (coverage: Coverage) => number) =>
    all.reduce((total, { coverage }) => total + of(coverage), 0);
  const since = all.flatMap(({ coverage }) => coverage.tail.since ?? []).sort()[0];
  const gaps = all.flatMap(({ origin, coverage }) =>
    coverage.gaps.map((gap): CoverageGap => ({ ...gap, message: `${origin}: ${gap.message}` })),
  );
  return {
    from: all.map(({ coverage }) => coverage.from).sort()[0] ?? first.coverage.from,
    to:
      all
        .map(({ coverage }) => coverage.to)
        .sort()
        .at(-1) ?? first.coverage.to,
    source: all.find(({ coverage }) => coverage.source === 'files')?.coverage.source ?? first.coverage.source,
    closed_days: sum((one) => one.closed_days),
    expected: sum((one) => one.expected),
    found: sum((one) => one.found),
    rows_expected: sum((one) => one.rows_expected),
    rows_found: sum((one) => one.rows_found),
    checked: weakest(all.map(({ coverage }) => coverage.checked)),
    gaps,
    recorded_gaps: all.flatMap(({ origin, coverage }) =>
      coverage.recorded_gaps.map((gap) => ({ ...gap, message: `${origin}: ${gap.message}` })),
    ),
    from_log: {
      days: [...new Set(all.flatMap(({ coverage }) => coverage.from_log.days))].sort(),
      records: sum((one) => one.from_log.records),
    },
    tail: {
      records: sum((one) => one.tail.records),
      // Of one log it is where its tail begins, which is how many records are before it: so it can be added.
      from_index: sum((one) => one.tail.from_index),
      ...(since === undefined ? {} : { since }),
    },
    complete: all.every(({ coverage }) => coverage.complete),
  };
}

function weakest(checked: readonly Coverage['checked'][]): Coverage['checked'] {
  for (const one of ['length and rows', 'bytes'] as const) if (checked.includes(one)) return one;
  return 'nothing to check';
}
