import { z } from 'zod';
import { RECORDED_GAPS } from '../../lake/index.ts';
import { generatedField } from '../generated.ts';

export const count = z.int().min(0);
export const day = z.string().regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/);
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

export const ledger = z.strictObject({
  origin: z.string(),
  size: count,
  root: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Where a record is, and what proves it. */
export const inLog = z.strictObject({
  record_id: z.string(),
  log_index: count,
  proof: z.string().describe('tlog-proof of the record (c2sp.org/tlog-proof)'),
});

const gap = z.strictObject({
  kind: z.enum([
    'day_not_closed',
    'before_log',
    'after_log',
    'tail_not_read',
    'manifest',
    'not_in_manifest',
    'catalogue',
    'file_missing',
    'purged',
    'file_differs',
    'rows_differ',
    'control_map',
    'no_expectation',
    'truncated',
  ]),
  message: z.string(),
  from: day.optional(),
  to: day.optional(),
  framework: z.string().optional(),
  control: z.string().optional(),
  key: z.string().optional().describe('the file, below the folder of the ledger'),
  count: count.optional(),
});

const recordedGap = z.strictObject({
  kind: z.enum(RECORDED_GAPS),
  message: z.string(),
  count,
  control_map_digest: z.string().optional(),
  days: count.describe('closed days of the period that recorded it'),
});

/** `query -o json`, version 1, as published. */
export const querySchema = z.strictObject({
  schemaVersion: z.literal(1),
  generated: generatedField,
  query: z.strictObject({
    name: z.string().describe('a saved question, or sql'),
    text: z.string(),
    parameters: z.record(z.string(), z.string()),
  }),
  coverage: z.strictObject({
    from: day,
    to: day,
    source: z
      .enum(['files', 'manifests', 'log'])
      .describe(
        'where the rows come from: files of the lake and open days of the log; day manifests in the log; other records of the log. No file is read but for files',
      ),
    closed_days: count.describe('closed days of the period, each with a manifest in the log'),
    expected: count.describe('files that the period should have'),
    found: count.describe('of these, files that are what their manifest says'),
    rows_expected: count,
    rows_found: count,
    checked: z
      .enum(['bytes', 'length and rows', 'rows', 'nothing to check'])
      .describe('how files were compared with their manifests'),
    gaps: z.array(gap),
    recorded_gaps: z
      .array(recordedGap)
      .describe('what the days recorded; does not make the answer incomplete'),
    from_log: z.strictObject({ days: z.array(day), records: count }).describe('open days, read from the log'),
    tail: z
      .strictObject({ records: count, from_index: count, since: day.optional() })
      .describe('records after the last closed day'),
    complete: z.boolean().describe('without it, no rows does not mean that nothing happened'),
  }),
  ledger: ledger.describe('the log that was asked; the first of several'),
  ledgers: z.array(ledger).optional().describe('all of them, where several were asked'),
  engine: z
    .strictObject({
      name: z.enum(['trino', 'athena']),
      query_id: z.string().describe('id of the query by the engine'),
      scanned_bytes: count.describe('bytes that the engine read for the answer, as it says'),
    })
    .optional()
    .describe('present when another engine than DuckDB answered'),
  scope: z
    .strictObject({ framework: z.string(), from: day, to: day })
    .optional()
    .describe('present when the text saw the rows of this framework and period only'),
  saved: inLog.optional().describe('present when the answer was saved as a record'),
  columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.json())),
  row_count: count,
  truncated: z
    .strictObject({ limit: count, message: z.string() })
    .optional()
    .describe('present when rows were cut: then the answer is not complete'),
  result_digest: digest.describe('SHA-256 of the canonical JSON of columns and rows, rows sorted'),
});

/** What `query -o json` prints. */
export type QueryDocument = z.infer<typeof querySchema>;
