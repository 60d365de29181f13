import { z } from 'zod';
import { addDays, type CoverageGap, dayStart, type QueryAnswer } from '../../lake/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import { parseRecord } from '../../record/index.ts';
import { AUDIT_EMITTER } from '../scope/draft.ts';
import type { Source } from '../scope/source.ts';

/** A record of what an audit did, or of a comparison with an API server. */
export interface Act {
  log_index: number;
  record_id: string;
  record_type: string;
  recorded_at: string;
  emitter: string;
  /** Number that the ledger gave it; of the emitter `exhibit.audit` there are no two and no holes. */
  sequence: number | undefined;
  engagement: string | undefined;
  kind: string;
  actor: string | undefined;
  message: string;
  details: Readonly<Record<string, unknown>>;
}

export interface Acts {
  acts: Act[];
  /** Why there may be more than these; undefined where the numbers of the acts have no hole. */
  unknown: string | undefined;
  /** Why they are not all that the days have; undefined where nothing of these is missing. */
  missing: string | undefined;
}

const text = z
  .string()
  .nullable()
  .transform((value) => value ?? undefined);
const rowSchema = z.object({
  log_index: z.int(),
  record_id: z.string(),
  record_type: z.string(),
  recorded_at: z.string(),
  emitter: z.string(),
  sequence: z
    .int()
    .nullable()
    .transform((value) => value ?? undefined),
  engagement: text,
  kind: text.transform((value) => value ?? ''),
  actor: text,
  message: text.transform((value) => value ?? ''),
  details: z
    .string()
    .nullable()
    .transform((value) => z.record(z.string(), z.unknown()).parse(JSON.parse(value ?? '{}'))),
});

/** Gaps in which an act could lie. Days that are not closed are none: they are read from the log itself. */
const HIDING: ReadonlySet<string> = new Set<CoverageGap['kind']>([
  ...(['tail_not_read', 'manifest', 'not_in_manifest', 'file_missing', 'purged', 'catalogue'] as const),
  ...(['file_differs', 'rows_differ', 'truncated'] as const),
]);

/**
 * What audits recorded in UTC days, in the order of the log. The ledger numbers these records without holes, so one that a changed lake does
 * not show is missed. What no engine answers (a day that is not closed, a bucket without an engine) is read from the log itself.
 * @param period from the start of the log, and to its end, unless given
 */
export async function readActs(
  { reader, ask }: Source,
  period: { from?: string; to?: string } = {},
): Promise<Acts> {
  if (ask === undefined) {
    const acts = await fromLog(reader, period);
    return { acts, unknown: hole(acts, period), missing: undefined };
  }
  const answer = await ask({ name: 'audit-acts', ...period }, { rowLimit: 1_000_000, timeout: 600_000 });
  const { columns, rows, coverage } = answer;
  const told = rows.map((row) =>
    rowSchema.parse(Object.fromEntries(columns.map(({ name }, at) => [name, row[at]]))),
  );
  const known = new Set(told.map(({ log_index }) => log_index));
  for (const days of unread(answer))
    told.push(...(await fromLog(reader, days)).filter(({ log_index }) => !known.has(log_index)));
  const acts = told.sort((a, b) => a.log_index - b.log_index);
  const missing = coverage.gaps.find(({ kind }) => HIDING.has(kind))?.message;
  return { acts, unknown: hole(acts, period) ?? missing, missing };
}

/** Days that the engine did not read because they are not closed. */
function unread({ coverage }: QueryAnswer): { from: string; to: string }[] {
  const read = new Set(coverage.from_log.days);
  return coverage.gaps.flatMap(({ kind, from, to }) =>
    kind === 'day_not_closed' && from !== undefined && to !== undefined && !(from === to && read.has(from))
      ? [{ from, to }]
      : [],
  );
}

const MARKS = [AUDIT_EMITTER, 'admission/reconcile'].map((name) => Buffer.from(`"emitter":"${name}"`));

/** Most records are no acts: they are not parsed. */
async function fromLog(reader: LogReader, { from, to }: { from?: string; to?: string }): Promise<Act[]> {
  const { size } = await reader.checkpoint();
  const first = from === undefined ? 0 : await reader.firstAt(dayStart(from));
  const end = to === undefined ? size : await reader.firstAt(dayStart(addDays(to, 1)));
  const acts: Act[] = [];
  for await (const { index, bytes } of reader.entries(first, Math.min(end, size))) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!MARKS.some((mark) => buffer.includes(mark))) continue;
    const record = parseRecord(bytes);
    const { emitter, record_type, details = {}, subject_id, message = '' } = record;
    const ours = emitter === AUDIT_EMITTER;
    if (!ours && !(emitter === 'admission/reconcile' && record_type === 'run')) continue;
    acts.push({
      ...{ log_index: index, record_id: record.record_id, record_type, recorded_at: record.recorded_at },
      ...{ emitter, sequence: record.sequence, engagement: ours ? subject_id : undefined },
      kind: typeof details.kind === 'string' ? details.kind : '',
      ...{ actor: record.actor, message, details },
    });
  }
  return acts;
}

function hole(acts: readonly Act[], { from }: { from?: string }): string | undefined {
  const numbers = acts
    .flatMap(({ emitter, sequence }) =>
      emitter === AUDIT_EMITTER && sequence !== undefined ? [sequence] : [],
    )
    .sort((a, b) => a - b);
  // Of a later day on, the first number is not known.
  const start = from === undefined ? 0 : (numbers[0] ?? 0);
  const missing = numbers.findIndex((number, at) => number !== start + at);
  return missing < 0 ? undefined : `the act number ${start + missing} of the audit is not in what was read`;
}

/** How many acts of the emitter `exhibit.audit` there are. */
export function actsNumbered({ acts }: Acts): number {
  return acts.filter(({ emitter }) => emitter === AUDIT_EMITTER).length;
}
