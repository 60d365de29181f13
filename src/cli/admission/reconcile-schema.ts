import { z } from 'zod';
import { BYPASS_REASONS } from '../../audit/index.ts';

const count = z.int().min(0);
const time = z.string().describe('RFC 3339, UTC');
const write = {
  audit_id: z.string().describe('by which the API server knows the request'),
  time,
  operation: z.string(),
  resource: z.string(),
  namespace: z.string().optional(),
  name: z.string().optional(),
  actor: z.string().describe('a salted reference').optional(),
  code: z.int().optional(),
};

/** `admission reconcile -o json`, version 1. */
export const reconcileSchema = z.strictObject({
  schemaVersion: z.literal(1),
  from: time,
  to: time,
  source: z.string().describe('files, or the batches that the server took'),
  writes: count.describe('requests of the period that changed something or opened a connection, each once'),
  population: count.describe(
    'of those, what the webhook was asked about or should have been: recorded, lost, later and bypassed',
  ),
  recorded: count,
  lost: z
    .array(z.strictObject({ ...write, run: z.string() }))
    .describe('named a run that the log does not have'),
  later: count.describe('named a run that may have come after the end of the log that was read'),
  bypassed: z
    .array(
      z.strictObject({
        ...write,
        reason: z.enum(BYPASS_REASONS),
        change_audit_id: z.string().describe('the change of the configuration that explains it').optional(),
      }),
    )
    .describe('admitted without being asked about'),
  tried: count.describe('dry run: answered without a record'),
  refused: count.describe('by others, before the webhook had said anything'),
  not_asked: z.array(z.strictObject({ reason: z.string(), count })).describe('left out by the configuration'),
  runs: count.describe('of the webhook in the period: named, again, connections, unnamed and outside'),
  named: count.describe('by an event'),
  again: count.describe('one request about which the API server asked more than once'),
  connections: count.describe('into pods: the audit log tells of one when it ends'),
  unnamed: z
    .array(
      z.strictObject({
        run_id: z.string(),
        record_id: z.string(),
        time,
        operation: z.string(),
        resource: z.string(),
      }),
    )
    .describe('no event names them: the audit log is not complete'),
  outside: count.describe('at the edges of what the audit log covers'),
  configuration: z
    .array(
      z.strictObject({
        audit_id: z.string(),
        time,
        kind: z.enum(['created', 'same', 'changed', 'removed']),
        bypass: z.boolean(),
        differs: z.array(z.string()),
        actor: z.string().optional(),
      }),
    )
    .describe('changes of the webhook’s own configuration'),
  problems: z.array(z.string()).describe('what could not be read of the audit log'),
  added: count.describe('records that this call wrote'),
  exit_code: z.int(),
});
export type ReconcileReport = z.infer<typeof reconcileSchema>;
