import { entriesWhere } from '../../lake/index.ts';
import type { Entry, LedgerReader, LogReader } from '../../ledger/index.ts';
import { type EvidenceRecord, parseRecord } from '../../record/index.ts';
import { AUDIT_EMITTER } from '../scope/draft.ts';
import { type Added, addedSchema, type Freshness, freshnessOn, reviewedSchema } from './details.ts';

export interface ManualReview {
  record_id: string;
  log_index: number;
  recorded_at: string;
  verdict: 'pass' | 'fail';
  reviewer: string;
  note?: string;
}

/** One piece of manual evidence, with all that was said of it. */
export interface ManualItem extends Omit<Added, 'kind'> {
  record_id: string;
  log_index: number;
  added_at: string;
  /** A reference to who added it. */
  added_by: string;
  /** In their order; the last one counts. */
  reviews: ManualReview[];
  replaced_by?: string;
}

/** What an item is worth on a day. `in force`: it passed its review, is not stale, and nothing replaced it. */
export interface ManualState {
  freshness: Freshness;
  verdict: 'pass' | 'fail' | 'not_evaluated';
  in_force: boolean;
}

// Inside a JSON string the quotes would be escaped: these bytes are a member of the record, or of its details.
const MARK = Buffer.from('"record_type":"manual"');
const MANUAL = {
  sql: `record_type = 'manual' AND emitter = '${AUDIT_EMITTER}'`,
  marked: (bytes: Buffer) => bytes.includes(MARK),
};

/**
 * Every piece of manual evidence of a log, in the order in which it was added. What was replaced, failed or went stale is among them.
 * Records that other emitters sent under these words are none: an item is what the log's own audit took.
 * @param few how many records are a short log, which is read whole
 */
export async function manualItems(
  reader: LedgerReader,
  progress?: (done: number, of: number) => void,
  few?: number,
): Promise<ManualItem[]> {
  const { size } = await reader.checkpoint();
  const items = new Map<string, ManualItem>();
  for await (const entry of entriesWhere(reader, { from: 0, to: size }, MANUAL, { few, progress }))
    takeEntry(items, entry);
  return [...items.values()];
}

/** The same of records whose indexes are known, in the order of the log. */
export async function manualItemsAt(reader: LogReader, indexes: readonly number[]): Promise<ManualItem[]> {
  const items = new Map<string, ManualItem>();
  for (const index of indexes) takeEntry(items, await reader.entry(index));
  return [...items.values()];
}

function takeEntry(items: Map<string, ManualItem>, { index, bytes }: Entry): void {
  const record = parseRecord(bytes);
  if (record.record_type === 'manual' && record.emitter === AUDIT_EMITTER) take(items, record, index);
}

function take(items: Map<string, ManualItem>, record: EvidenceRecord, log_index: number): void {
  const { record_id, recorded_at, actor = '' } = record;
  const added = addedSchema.safeParse(record.details);
  if (added.success) {
    const { kind: _, ...details } = added.data;
    items.set(record_id, {
      ...details,
      record_id,
      log_index,
      added_at: recorded_at,
      added_by: actor,
      reviews: [],
    });
    const before = items.get(details.supersedes ?? '');
    // The first one that replaced it is named; a later one shows by what it says itself.
    if (before !== undefined && before.replaced_by === undefined) before.replaced_by = record_id;
    return;
  }
  const reviewed = reviewedSchema.safeParse(record.details);
  if (!reviewed.success) return;
  const { manual, verdict, reviewer, note } = reviewed.data;
  items.get(manual)?.reviews.push({
    ...{ record_id, log_index, recorded_at, verdict, reviewer },
    ...(note === undefined ? {} : { note }),
  });
}

/** @param day UTC */
export function stateOn(day: string, item: ManualItem): ManualState {
  const freshness = freshnessOn(day, item);
  const verdict = item.reviews.at(-1)?.verdict ?? 'not_evaluated';
  return {
    freshness,
    verdict,
    in_force: verdict === 'pass' && freshness !== 'stale' && item.replaced_by === undefined,
  };
}
