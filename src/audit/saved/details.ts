import { hash } from 'node:crypto';
import { z } from 'zod';
import { findQuery, type QueryAnswer, type QueryRequest } from '../../lake/index.ts';
import { canonicalize, ExhibitError, redactText } from '../../record/index.ts';

const count = z.int().min(0);
const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);
const day = z.string().regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/);

/** Messages of gaps that a record keeps. All of them are in `gaps_digest`, and counted. */
const MOST_GAPS = 10;

/** Longest text of a question that is saved, in bytes: the whole record has at most 65,535. */
const MOST_TEXT = 32_768;

/** Details of a record of kind `query saved`: the answer, so that anybody can run it again and compare. */
export const savedSchema = z.looseObject({
  kind: z.literal('query saved'),
  name: z.string().describe('under which it was saved'),
  query: z.strictObject({
    name: z.string().describe('a saved question, or sql'),
    text: z.string(),
    parameters: z.record(z.string(), z.string()),
    values: z.array(z.string()).describe('in the order of ?'),
  }),
  period: z.strictObject({ from: day, to: day }),
  read: z
    .strictObject({ from: day, to: day })
    .describe('days that were read: more than the period for what stays in force'),
  framework: z.string().optional(),
  control: z.string().optional(),
  confined: z.boolean().describe('the text saw the rows of the framework and period only'),
  engine: z.enum(['duckdb', 'trino', 'athena']),
  ledger: z.strictObject({ origin: z.string(), size: count, root: z.string().regex(/^[0-9a-f]{64}$/) }),
  coverage: z.strictObject({
    complete: z.boolean(),
    expected: count,
    found: count,
    rows_expected: count,
    rows_found: count,
    gaps: count.describe('how many'),
    gap_kinds: z.record(z.string(), count),
    gaps_digest: digest.describe('of the canonical JSON of all gaps'),
    messages: z.array(z.string()).describe('of the first gaps'),
  }),
  columns: z.array(z.string()),
  row_count: count,
  truncated: count.optional().describe('the limit that cut the rows'),
  result_digest: digest,
  rows_digest: digest.optional().describe('the blob with the rows, where they were kept'),
});

export type SavedQuery = z.infer<typeof savedSchema>;

/** What a person calls an answer: letters, digits and a few signs, so that it is what it looks like. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._/:-]{0,127}$/;

/**
 * The details of an answer that is saved.
 * @throws ExhibitError USAGE where the question cannot be kept: too long, over several logs, or with what looks like a credential
 */
export function savedDetails(answer: QueryAnswer, asked: QueryRequest, name: string): SavedQuery {
  const { query, coverage, ledger, engine, columns, row_count, truncated, result_digest, ledgers } = answer;
  refuse(NAME.test(name), `${JSON.stringify(name)} is no name: up to 128 letters, digits and . _ / : -`);
  refuse(
    ledgers === undefined,
    'an answer over several logs is saved in none of them: ask one log at a time',
  );
  refuse(
    Buffer.byteLength(query.text) <= MOST_TEXT,
    `the text has more than ${MOST_TEXT} bytes: it is not saved`,
  );
  const values =
    query.name === 'sql'
      ? Object.values(query.parameters)
      : findQuery(query.name).positions.map((position) => query.parameters[position] ?? '');
  // Records are for ever, and others read them.
  const plain = query.name !== 'sql' || redactText(query.text) === query.text;
  refuse(
    plain && values.every((value) => redactText(value) === value),
    'the question looks as if it held a credential: it is not saved',
  );
  const kinds: Record<string, number> = {};
  for (const { kind } of coverage.gaps) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return {
    kind: 'query saved',
    name,
    query: { ...query, values },
    period: {
      from: query.parameters.from ?? asked.from ?? coverage.from,
      to: query.parameters.to ?? asked.to ?? coverage.to,
    },
    read: { from: coverage.from, to: coverage.to },
    ...(asked.framework === undefined ? {} : { framework: asked.framework }),
    ...(asked.control === undefined ? {} : { control: asked.control }),
    confined: answer.scope !== undefined,
    engine: engine?.name ?? 'duckdb',
    ledger,
    coverage: {
      complete: coverage.complete,
      expected: coverage.expected,
      found: coverage.found,
      rows_expected: coverage.rows_expected,
      rows_found: coverage.rows_found,
      gaps: coverage.gaps.length,
      gap_kinds: kinds,
      gaps_digest: `sha256:${hash('sha256', canonicalize(coverage.gaps), 'hex')}`,
      messages: coverage.gaps
        .slice(0, MOST_GAPS)
        .map(({ message }) => redactText(message).slice(0, 500).toWellFormed()),
    },
    columns: columns.map((column) => column.name),
    row_count,
    ...(truncated === undefined ? {} : { truncated: truncated.limit }),
    result_digest: result_digest as SavedQuery['result_digest'],
  };
}

function refuse(fine: boolean, why: string): void {
  if (!fine) throw new ExhibitError('USAGE', why);
}
