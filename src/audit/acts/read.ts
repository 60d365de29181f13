import { z } from 'zod';
import {
  addDays,
  type CoverageGap,
  dayStart,
  type QueryAnswer,
  type QueryRequest,
} from '../../lake/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import { parseRecord } from '../../record/index.ts';
import { RECONCILED } from '../reconcile/kind.ts';
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
  /** How many numbers of the emitter `exhibit.audit` were seen, of whatever kind. */
  numbered: number;
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

/** Which acts are wanted: of these kinds, or of one engagement; all of them unless one is given. */
export type Wanted = { kinds: readonly string[] } | { engagement: string } | undefined;

/** Most acts that one question brings. */
const MOST = 1_000_000;

interface Numbers {
  first: number;
  last: number;
}

/**
 * What audits recorded in UTC days, in the order of the log. Each kind is asked for alone, so that a million reads hide no draw. The ledger numbers these
 * records without holes, so one that a changed lake does not show is missed. What no engine answers (a day that is not closed, a bucket without an
 * engine) is read from the log itself.
 * @param period from the start of the log, and to its end, unless given
 * @param most acts that one question brings; of more it is said that they are not whole
 */
export async function readActs(
  { reader, ask }: Source,
  period: { from?: string; to?: string } = {},
  wanted: Wanted = undefined,
  most = MOST,
): Promise<Acts> {
  if (ask === undefined) {
    const { acts, numbers } = await fromLog(reader, period, wanted);
    return { acts, ...wholeOf(numbers, period), missing: undefined };
  }
  const limits = { rowLimit: most, timeout: 600_000 };
  const answers: QueryAnswer[] = [];
  for (const request of requestsFor(wanted)) answers.push(await ask({ ...request, ...period }, limits));
  const counted = await ask({ name: 'audit-act-numbers', ...period }, limits);
  const told = answers.flatMap(({ columns, rows }) =>
    rows.map((row) => rowSchema.parse(Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])))),
  );
  const numbers = counted.rows.map(([first, last]) => ({ first: Number(first), last: Number(last) }));
  const known = new Set(told.map(({ log_index }) => log_index));
  for (const days of unread(counted)) {
    const read = await fromLog(reader, days, wanted);
    told.push(...read.acts.filter(({ log_index }) => !known.has(log_index)));
    numbers.push(...read.numbers);
  }
  const acts = told.sort((a, b) => a.log_index - b.log_index);
  const gaps = [...answers, counted].flatMap(({ coverage }) => coverage.gaps);
  const missing = gaps.find(({ kind }) => HIDING.has(kind))?.message;
  const { numbered, unknown } = wholeOf(numbers, period);
  return { acts, numbered, unknown: unknown ?? missing, missing };
}

function requestsFor(wanted: Wanted): QueryRequest[] {
  if (wanted === undefined) return [{ name: 'audit-acts' }];
  if ('engagement' in wanted)
    return [{ name: 'audit-acts-of-engagement', parameters: { engagement: wanted.engagement } }];
  return wanted.kinds.map((kind) => ({ name: 'audit-acts-of-kind', parameters: { kind } }));
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
async function fromLog(
  reader: LogReader,
  { from, to }: { from?: string; to?: string },
  wanted: Wanted,
): Promise<{ acts: Act[]; numbers: Numbers[] }> {
  const { size } = await reader.checkpoint();
  const first = from === undefined ? 0 : await reader.firstAt(dayStart(from));
  const end = to === undefined ? size : await reader.firstAt(dayStart(addDays(to, 1)));
  const acts: Act[] = [];
  const numbers: Numbers[] = [];
  for await (const { index, bytes } of reader.entries(first, Math.min(end, size))) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!MARKS.some((mark) => buffer.includes(mark))) continue;
    const record = parseRecord(bytes);
    const { emitter, record_type, sequence, details = {}, subject_id, message = '' } = record;
    const ours = emitter === AUDIT_EMITTER;
    if (!ours && !(emitter === 'admission/reconcile' && record_type === 'run')) continue;
    if (ours && sequence !== undefined) numbers.push({ first: sequence, last: sequence });
    const act = {
      ...{ log_index: index, record_id: record.record_id, record_type, recorded_at: record.recorded_at },
      ...{ emitter, sequence, engagement: ours ? subject_id : undefined },
      kind: typeof details.kind === 'string' ? details.kind : '',
      ...{ actor: record.actor, message, details },
    };
    if (isWanted(act, wanted)) acts.push(act);
  }
  return { acts, numbers };
}

function isWanted({ emitter, kind, engagement }: Act, wanted: Wanted): boolean {
  if (wanted === undefined) return true;
  if ('engagement' in wanted) return engagement === wanted.engagement;
  return emitter === AUDIT_EMITTER ? wanted.kinds.includes(kind) : wanted.kinds.includes(RECONCILED);
}

/** Where the numbers of acts have a hole. Runs of numbers may overlap. */
function wholeOf(
  numbers: readonly Numbers[],
  { from }: { from?: string },
): { numbered: number; unknown: string | undefined } {
  const sorted = [...numbers].sort((a, b) => a.first - b.first);
  // Of a later day on, the first number is not known.
  let next = from === undefined ? 0 : (sorted[0]?.first ?? 0);
  let numbered = 0;
  let hole: number | undefined;
  for (const { first, last } of sorted) {
    if (first > next) hole ??= next;
    numbered += Math.max(0, last - Math.max(first, next) + 1);
    next = Math.max(next, last + 1);
  }
  const unknown =
    hole === undefined ? undefined : `the act number ${hole} of the audit is not in what was read`;
  return { numbered, unknown };
}
