import { z } from 'zod';
import { matchesGlob } from '../../engine/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import { isDigest } from '../../record/index.ts';
import { jsonAt } from '../json-at.ts';
import { runRecords } from './runs.ts';
import { type AuditWrite, writeSchema } from './write.ts';

/** What the record of a batch of audit events says of its writes; the list itself is the blob that the record names. */
export const batchSchema = z.strictObject({
  /** Requests that changed something, listed. */
  listed: z.int().min(0),
  /** Counted only, by why. */
  counted: z.record(z.string(), z.int().positive()),
  /** RFC 3339: the first and the last request of the batch, also of those that only read. */
  first: z.string(),
  last: z.string(),
});
export type Batch = z.infer<typeof batchSchema>;

/** The blob of a batch. */
export const listSchema = z.strictObject({ schemaVersion: z.literal(1), writes: z.array(writeSchema) });

const record = z.object({
  record_type: z.literal('run'),
  record_id: z.string(),
  emitter: z.string(),
  format: z.literal('kubernetes-audit'),
  input_ref: z.string(),
  details: z.object({ writes: batchSchema }),
});

const BATCHES = "format = 'kubernetes-audit'";

/** What receivers of audit events kept. */
export interface Received {
  batches: number;
  /** Records whose list is none, or is not there: somebody else sent them, or it was lost; nothing of them counts. */
  unreadable: string[];
  writes: AuditWrite[];
  counted: Record<string, number>;
  covers: { from: number; to: number } | undefined;
}

/**
 * The writes of an API server that a receiver took, from an instant on. Memory grows with their number.
 * @param range Unix milliseconds: from when on the log is read, by its clock, and until when requests count; a glob of the receivers'
 *   emitter names; how many records are a short stretch, which is read whole
 * @throws ExhibitError BLOB_..., LEDGER_...
 */
export async function receivedWrites(
  reader: LogReader,
  { from, to, emitter, few }: { from: number; to: number; emitter: string; few?: number | undefined },
  progress?: (done: number, total: number) => void,
): Promise<Received> {
  const found: Received = { batches: 0, unreadable: [], writes: [], counted: {}, covers: undefined };
  for await (const value of runRecords(reader, from, BATCHES, { few, progress })) {
    const parsed = record.safeParse(value);
    if (!parsed.success || !matchesGlob(emitter, parsed.data.emitter)) continue;
    const { record_id, input_ref, details } = parsed.data;
    if (!isDigest(input_ref)) continue;
    const list = listSchema.safeParse(await jsonAt(reader, input_ref));
    if (!list.success) {
      found.unreadable.push(record_id);
      continue;
    }
    const [first, last] = [Date.parse(details.writes.first), Date.parse(details.writes.last)];
    for (const write of list.data.writes) found.writes.push(write);
    // What is only counted is so by whole batches: the one at the end of the period may hold some of later.
    if (first > to) continue;
    found.batches += 1;
    for (const [why, count] of Object.entries(details.writes.counted))
      found.counted[why] = (found.counted[why] ?? 0) + count;
    found.covers = {
      from: Math.min(first, found.covers?.from ?? first),
      to: Math.max(last, found.covers?.to ?? last),
    };
  }
  return found;
}
