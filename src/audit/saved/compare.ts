import { hash } from 'node:crypto';
import { findQuery, QUERIES, type QueryAnswer, type QueryRequest, queryText } from '../../lake/index.ts';
import { canonicalize } from '../../record/index.ts';
import type { SavedQuery } from './details.ts';
import { digested, type KeptRow, without } from './rows.ts';

/**
 * How a saved question is asked again. The text that was saved is what runs, also where this version words the question another way.
 */
export function requestAgain(saved: SavedQuery): { request: QueryRequest; reworded: boolean } {
  const { query, period, read, framework, control, confined } = saved;
  const known = QUERIES.some(({ name }) => name === query.name);
  const reworded = query.name !== 'sql' && !(known && queryText(findQuery(query.name)) === query.text);
  const about = {
    ...(framework === undefined ? {} : { framework }),
    ...(control === undefined ? {} : { control }),
    ...(confined ? { confined } : {}),
    ...(reworded ? read : period),
  };
  const byText = query.name === 'sql' || reworded;
  return {
    request: byText
      ? { sql: query.text, parameters: query.values, ...about }
      : { name: query.name, parameters: query.parameters, ...about },
    reworded,
  };
}

export interface Compared {
  outcome: 'same' | 'changed';
  changes: string[];
  /** Rows by digest, where they were kept. */
  rows?: { gone: KeptRow[]; come: KeptRow[] };
  /** What running it again cannot keep as it was. */
  limits: string[];
}

/**
 * Compares a saved answer with that of the same question over the same records.
 * @param kept the rows of the saved answer, where they were kept
 */
export function compareSaved(
  saved: SavedQuery,
  again: QueryAnswer,
  kept: readonly KeptRow[] | undefined,
  reworded: boolean,
): Compared {
  const changes: string[] = [];
  const differ = (what: string, before: unknown, now: unknown) => {
    if (before !== now) changes.push(`${what}: ${String(before)} then, ${String(now)} now`);
  };
  differ('root of the log', saved.ledger.root, again.ledger.root);
  differ('rows', saved.row_count, again.row_count);
  differ('columns', saved.columns.join(', '), again.columns.map(({ name }) => name).join(', '));
  differ('result', saved.result_digest, again.result_digest);
  differ('rows cut at', saved.truncated ?? 'no limit', again.truncated?.limit ?? 'no limit');
  const { coverage } = again;
  differ('all files read', said(saved.coverage.complete), said(coverage.complete));
  differ('files found', saved.coverage.found, coverage.found);
  const gaps = `sha256:${hash('sha256', canonicalize(coverage.gaps), 'hex')}`;
  if (saved.coverage.gaps_digest !== gaps) {
    changes.push(`gaps: ${saved.coverage.gaps} then, ${coverage.gaps.length} now`);
    const known = new Set(saved.coverage.messages);
    for (const { message } of coverage.gaps.filter((gap) => !known.has(gap.message)).slice(0, 10))
      changes.push(`gap now: ${message}`);
  }
  const now = digested(again.rows);
  return {
    outcome: changes.length === 0 ? 'same' : 'changed',
    changes,
    ...(kept === undefined ? {} : { rows: { gone: without(kept, now), come: without(now, kept) } }),
    limits: limits(saved, again, reworded),
  };
}

const said = (all: boolean) => (all ? 'yes' : 'no');

function limits(saved: SavedQuery, again: QueryAnswer, reworded: boolean): string[] {
  const { from_log } = again.coverage;
  const told = [`records from ${saved.ledger.size} on were left out: they came after the answer`];
  if (from_log.days.length > 0)
    told.push(`${from_log.days.join(', ')} had no closed day then: read from the log, up to that record`);
  if (saved.engine !== 'duckdb')
    told.push(
      `${saved.engine} reads the bucket as it is now: rows of days closed since are in its answer, as a gap`,
    );
  if (reworded) told.push('this version words the question another way: the text that was saved was run');
  return told;
}
