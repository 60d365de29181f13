import { z } from 'zod';
import { generatedField } from '../generated.ts';

const time = z.string().describe('RFC 3339, UTC');
const count = z.int().min(0);
const late = z.strictObject({
  kind: z.enum(['run missing', 'heartbeat missing']),
  emitter: z.string(),
  owner: z.string(),
  last: time.describe('when the last one came').optional(),
  due: time.describe('when the next one was due, grace included'),
  ended: time.describe('when it came after all; not there: it is still silent').optional(),
  missed: count,
  every: z.string().describe('ISO 8601 duration'),
});

const unjudged = z.strictObject({
  kind: z.literal('policy not judged'),
  policy: z.string(),
  owner: z.string(),
  last: time.describe('when it was judged last; not there: never in what was read').optional(),
  due: time.describe('when it was due to be judged, grace included'),
  ended: time.describe('when it was judged after all').optional(),
  missed: count,
  every: z.string().describe('ISO 8601 duration'),
});

/** `gaps -o json`, version 1, as published. */
export const gapsSchema = z.strictObject({
  schemaVersion: z.literal(1),
  generated: generatedField,
  from: time,
  to: time,
  ledger: z.strictObject({ origin: z.string(), size: count, root: z.string() }),
  emitters: z.array(
    z.strictObject({
      name: z.string(),
      owner: z.string(),
      cadence: z.string(),
      runs: count.describe('in the period'),
      last_run: time.optional(),
      gaps: count,
    }),
  ),
  policies: z
    .array(
      z.strictObject({
        id: z.string(),
        owner: z.string(),
        cadence: z.string(),
        last: time.optional(),
        gaps: count,
      }),
    )
    .describe('with a cadence in time, of the bundle that was announced last'),
  unregistered: z.array(z.strictObject({ name: z.string(), tools: z.array(z.string()), last: time })),
  gaps: z.array(
    z.union([
      late,
      unjudged,
      z.strictObject({
        kind: z.literal('sequence missing'),
        emitter: z.string(),
        first: count,
        last_number: count,
        missing: count,
        shown_at: time,
      }),
      z.strictObject({
        kind: z.literal('run incomplete'),
        emitter: z.string(),
        run_id: z.string(),
        expected: count,
        arrived: count,
        recorded_at: time,
      }),
    ]),
  ),
  added: count.describe('gap records that this call wrote'),
  exit_code: z.int(),
});
export type GapsReport = z.infer<typeof gapsSchema>;
