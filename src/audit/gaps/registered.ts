import { z } from 'zod';
import { versionsUpTo } from '../../lake/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import { durationSeconds, type ExpectedEmitter } from '../../policy/index.ts';
import { isDigest } from '../../record/index.ts';

const policyRecord = z.object({
  record_type: z.literal('policy'),
  details: z.object({ emitters_digest: z.string().optional(), policies_digest: z.string().optional() }),
});
const emitters = z.array(
  z.object({
    name: z.string(),
    owner: z.string(),
    layer: z.enum(['pre-commit', 'ci', 'admission', 'runtime', 'evidence']).exactOptional(),
    cadence: z.string(),
    heartbeat: z.string().exactOptional(),
    grace: z.string().exactOptional(),
    since: z.string(),
    until: z.string().exactOptional(),
  }),
);

const policies = z.array(
  z.object({ id: z.string(), owner: z.string(), cadence: z.string(), since: z.string() }),
);

/** A policy that is to be judged at least once in each such time. */
export type ExpectedPolicy = z.infer<typeof policies>[number];

/** What the bundle expects that was announced last. */
export interface Expected {
  emitters: ExpectedEmitter[];
  /** Those with a cadence in time, and not with each change. */
  policies: ExpectedPolicy[];
}

/**
 * Who is expected to send, and which policies to be judged, by the bundle that was announced last.
 * @param until entries before this one; the whole log where it is not given
 * @returns empty lists where no bundle was announced, or the last one expects nothing
 * @throws ExhibitError BLOB_MISSING, BLOB_DIGEST
 */
export async function expectedOf(reader: LogReader, until?: number): Promise<Expected> {
  const { size } = await reader.checkpoint();
  const versions = await versionsUpTo(reader, Math.min(size, until ?? size));
  for (const { log_index } of versions.toReversed()) {
    const { bytes } = await reader.entry(log_index);
    const parsed = policyRecord.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    if (!parsed.success) continue;
    const { policies_digest, emitters_digest } = parsed.data.details;
    const stated = await blobOf(reader, policies_digest, policies);
    return {
      emitters: (await blobOf(reader, emitters_digest, emitters)) ?? [],
      policies: (stated ?? []).filter(({ cadence }) => durationSeconds(cadence) !== undefined),
    };
  }
  return { emitters: [], policies: [] };
}

async function blobOf<T>(
  reader: LogReader,
  digest: string | undefined,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  if (digest === undefined || !isDigest(digest)) return undefined;
  return schema.parse(JSON.parse(new TextDecoder().decode(await reader.blob(digest))));
}
