import { z } from 'zod';

const rule = z
  .string()
  .regex(/^[\w.-]+(\/[\w.-]+)*$/, 'expected a path as behind /v1/data/, such as exhibit/entry/results_json')
  .default('exhibit/entry/results_json')
  .describe('what of the first bundle is asked, as behind /v1/data/: all policies on JSON, or one');

/** Envoy's external authorisation. Not there: the server does not listen for it. */
export const authzSchema = z.strictObject({
  listen: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(9_191),
    })
    .prefault({}),
  tls: z
    .boolean()
    .describe(
      'with the certificates of `tls`, and a certificate of each caller (default: beyond this machine)',
    )
    .optional(),
  rule,
  message_bytes: z
    .int()
    .positive()
    .default(1024 * 1024)
    .describe('longest request; Envoy sends bodies only where it is told to'),
  streams: z.int().positive().default(1_000).describe('most requests that one connection has open'),
  store_inputs: z
    .boolean()
    .default(false)
    .describe('keep each request, redacted, so that it can be judged again; one file a request'),
});

/** Actions of agents. */
export const actionsSchema = z.strictObject({
  rule,
  approval_seconds: z
    .number()
    .positive()
    .max(7 * 86_400)
    .default(900)
    .describe('how long an action may wait for its approval and then for its use, together'),
  waiting: z.int().positive().default(10_000).describe('most actions that wait for an approval'),
});

export type AuthzSettings = z.infer<typeof authzSchema>;
