import { z } from 'zod';
import { EXPECTATIONS, type Expectation } from '../../store/index.ts';

const names = Object.keys(EXPECTATIONS) as [Expectation, ...Expectation[]];

/** `store check -o json`, version 1, as published. */
export const storeCheckSchema = z.strictObject({
  schemaVersion: z.literal(1),
  store: z.string().describe('s3://bucket/prefix'),
  rows: z.array(
    z.strictObject({
      expectation: z.enum(names),
      text: z.string(),
      result: z
        .enum(['ok', 'not_ok', 'not_known'])
        .describe('not_known: it was not tried, or what came back does not tell'),
      required: z.boolean().describe('false: Exhibit does without, and the exit code does not change'),
      why: z.string(),
    }),
  ),
  left: z
    .array(z.strictObject({ key: z.string(), version: z.string(), locked_until: z.string() }))
    .describe('what the check has left in the bucket: it is locked'),
  exit_code: z.int(),
});

/** `store restore -o json`, version 1, as published. */
export const storeRestoreSchema = z.strictObject({
  schemaVersion: z.literal(1),
  source: z.string().describe('s3://bucket/prefix, or a folder'),
  origin: z.string(),
  size: z.int().describe('records that the copy has'),
  root: z.string(),
  written: z.int().describe('objects that were fetched now'),
  bytes: z.int().describe('of them'),
  there: z.int().describe('objects that an earlier try had fetched'),
  lake: z.strictObject({
    days: z.int(),
    files: z.int(),
    removed: z.array(z.string()).describe('files that no manifest in the log names, taken out'),
  }),
  below: z
    .array(z.string())
    .describe(
      'objects over which a newer version or a delete marker lies in the bucket; the version below was taken, which proves itself',
    ),
  versions_seen: z
    .boolean()
    .exactOptional()
    .describe('only of a bucket; false: the right to list older versions is missing, so none was looked at'),
  problems: z.array(z.string()).describe('blobs and files of the lake that are missing or differ'),
  known: z.int().describe('checkpoints from elsewhere that it was compared with'),
  lost_at_least: z
    .int()
    .describe(
      'records that a known checkpoint covers and the copy has not; 0 does not say that none were lost',
    ),
  writable: z.boolean(),
  exit_code: z.int(),
});

/** `store drill -o json`, version 1, as published. */
export const storeDrillSchema = z.strictObject({
  schemaVersion: z.literal(1),
  source: z.string().describe('s3://bucket/prefix, or a folder'),
  started: z.string().describe('UTC'),
  origin: z.string(),
  size: z.int().describe('records that the copy has'),
  root: z.string(),
  steps: z.array(
    z.strictObject({
      step: z.enum(['restore', 'log', 'blobs', 'newest', 'lake', 'rebuild', 'query']),
      result: z.enum(['ok', 'not_ok', 'not_known']),
      text: z.string(),
      seconds: z.number(),
    }),
  ),
  days: z.array(z.string()).describe('days whose files were made anew from the log'),
  exit_code: z.int(),
});

export type StoreDrill = z.infer<typeof storeDrillSchema>;
