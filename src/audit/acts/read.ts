import { z } from 'zod';
import { query } from '../../lake/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import { AUDIT_EMITTER } from '../scope/draft.ts';

/** A record of what an audit did, or of a comparison with an API server. */
export interface Act {
  log_index: number;
  record_id: string;
  recorded_at: string;
  emitter: string;
  /** Number that the ledger gave it; of the emitter `exhibit.audit` there are no two and no holes. */
  sequence: number | undefined;
  engagement: string | undefined;
  message: string;
  kind: string;
  details: Readonly<Record<string, unknown>>;
}

export interface Acts {
  acts: Act[];
  /** Why there may be more than these; undefined where the numbers of the acts have no hole. */
  unknown: string | undefined;
}

const rowSchema = z.object({
  log_index: z.int(),
  record_id: z.string(),
  recorded_at: z.string(),
  emitter: z.string(),
  sequence: z.int().nullable(),
  subject_id: z.string().nullable(),
  message: z.string().nullable(),
  details: z.string().nullable(),
});
const detailsSchema = z.record(z.string(), z.unknown());

/**
 * All that audits recorded until a day. The ledger numbers these records without holes, so one that a changed lake does not show is missed.
 * @param to UTC day
 */
export async function readActs(reader: LedgerReader, to: string): Promise<Acts> {
  const { columns, rows, coverage } = await query(
    reader,
    { name: 'audit-draws', to },
    { rowLimit: 1_000_000, timeout: 600_000 },
  );
  const acts = rows.map((row) => {
    const read = rowSchema.parse(Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])));
    const details = detailsSchema.parse(JSON.parse(read.details ?? '{}'));
    return {
      log_index: read.log_index,
      record_id: read.record_id,
      recorded_at: read.recorded_at,
      emitter: read.emitter,
      sequence: read.sequence ?? undefined,
      engagement: read.subject_id ?? undefined,
      message: read.message ?? '',
      kind: typeof details.kind === 'string' ? details.kind : '',
      details,
    };
  });
  const gap = coverage.gaps.find(({ kind }) => kind !== 'day_not_closed' && kind !== 'after_log');
  return { acts, unknown: hole(acts) ?? (gap === undefined ? undefined : gap.message) };
}

function hole(acts: readonly Act[]): string | undefined {
  const numbers = acts.flatMap(({ emitter, sequence }) =>
    emitter === AUDIT_EMITTER && sequence !== undefined ? [sequence] : [],
  );
  const missing = numbers.toSorted((a, b) => a - b).findIndex((number, at) => number !== at);
  return missing < 0 ? undefined : `the act number ${missing} of the audit is not in what was read`;
}

/** How many acts of the emitter `exhibit.audit` there are. */
export function actsNumbered({ acts }: Acts): number {
  return acts.filter(({ emitter }) => emitter === AUDIT_EMITTER).length;
}
