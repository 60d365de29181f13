import { z } from 'zod';
import { BYPASS_KINDS } from '../../merges/index.ts';
import { generatedField } from '../generated.ts';

const count = z.int().min(0);
const run = {
  record_id: z.string(),
  level: z.string().describe('who vouches for the emitter: an OIDC issuer, mTLS, token, none'),
};

/** `merges import -o json`, version 1. */
export const mergesSchema = z.strictObject({
  schemaVersion: z.literal(1),
  generated: generatedField,
  repository: z.string(),
  source: z.string().describe('files, or the address of the API'),
  looked_at: count.describe('merged changes of the period: without it, no bypass says nothing'),
  gated: count,
  gated_verified: count.describe('of those, with a run whose emitter somebody vouches for'),
  bypassed: count,
  unknown: count,
  changes: z.array(
    z.strictObject({
      url: z.string(),
      branch: z.string(),
      commit: z.string(),
      merged_at: z.string(),
      verdict: z.enum(['pass', 'fail', 'not_evaluated']),
      kind: z.enum(BYPASS_KINDS).exactOptional(),
      message: z.string(),
      causes: z.array(
        z.strictObject({
          cause: z.enum(['label', 'commit_message', 'variable', 'administrator']),
          text: z.string(),
        }),
      ),
      policies: z.array(z.string()),
      run: z.strictObject(run).exactOptional(),
      refused: z.array(z.strictObject({ ...run, why: z.string() })),
    }),
  ),
  not_looked_at: z.array(z.strictObject({ reason: z.string(), count })),
  unread: z.array(z.string()),
});
export type MergesDocument = z.infer<typeof mergesSchema>;
