import {
  addDays,
  type Coverage,
  closedDays,
  dayStart,
  daysOf,
  formatPeriod,
  logDays,
  query,
  toPeriods,
} from '../lake/index.ts';
import type { LedgerReader } from '../ledger/index.ts';
import { ExhibitError } from '../record/index.ts';
import type { ExportCoverage, ExportGap, ExportRequest } from './types.ts';

/** Most gaps of one kind that are listed one by one; more are said as a number. */
const LISTED = 100;

/**
 * What is missing from a period: days that the log does not have or that are not closed, gaps that were recorded or that a look
 * finds, runs whose decisions did not all arrive, numbers of emitters that never came.
 * @throws ExhibitError USAGE for a period that ends before it begins, NOT_FOUND for an empty log
 */
export async function exportCoverage(
  reader: LedgerReader,
  request: Pick<ExportRequest, 'from' | 'to' | 'missing'>,
): Promise<ExportCoverage> {
  const { origin, size } = await reader.checkpoint();
  const days = await logDays(reader);
  const from = request.from ?? days[0];
  const to = request.to ?? days.at(-1);
  if (from === undefined || to === undefined)
    throw new ExhibitError('NOT_FOUND', 'the log has no records: there is nothing to export');
  if (dayStart(from) > dayStart(to))
    throw new ExhibitError('USAGE', `the period ${from} to ${to} ends before it begins`);
  const from_index = Math.min(await reader.firstAt(dayStart(from)), size);
  const to_index = Math.min(await reader.firstAt(dayStart(addDays(to, 1))), size);
  const gaps: ExportGap[] = [];
  const unclosed = await readDays(reader, { from, to }, days, size, gaps);
  if (to_index > from_index) {
    gaps.push(...(await recordedGaps(reader, { from, to })));
    const missing = (await request.missing?.({ from, to })) ?? [];
    gaps.push(...listed('not_received', missing, (gap) => gap, 'exhibit gaps lists all'));
  }
  return {
    from,
    to,
    ledger: { origin, size: to_index, root: await reader.rootAt(to_index) },
    from_index,
    to_index,
    unclosed,
    gaps,
    complete: gaps.length === 0,
  };
}

async function readDays(
  reader: LedgerReader,
  period: { from: string; to: string },
  logged: readonly string[],
  size: number,
  gaps: ExportGap[],
): Promise<ExportCoverage['unclosed']> {
  const asked = daysOf(period);
  const [first = '', last = ''] = [logged[0], logged.at(-1)];
  const closed = new Set(await closedDays(reader));
  const open = asked.filter((day) => day >= first && day <= last && !closed.has(day));
  const add = (kind: ExportGap['kind'], days: readonly string[], why: string) => {
    for (const each of toPeriods(days)) gaps.push({ kind, message: `${formatPeriod(each)}: ${why}` });
  };
  add(
    'before_log',
    asked.filter((day) => day < first),
    'the log did not exist',
  );
  add(
    'after_log',
    asked.filter((day) => day > last),
    'the log has no record of this day or later',
  );
  let records = 0;
  for (const day of open) {
    const from = Math.min(await reader.firstAt(dayStart(day)), size);
    const to = Math.min(await reader.firstAt(dayStart(addDays(day, 1))), size);
    records += to - from;
    gaps.push({
      kind: 'day_not_closed',
      message: `${day}: not closed; its ${to - from} records are read from the log, and more may come`,
      count: to - from,
    });
  }
  return { days: open, records };
}

/** By the saved questions, so that an export and an answer say the same. */
async function recordedGaps(
  reader: LedgerReader,
  { from, to }: { from: string; to: string },
): Promise<ExportGap[]> {
  const recorded = await query(reader, { name: 'gap-records', from, to });
  const runs = await query(reader, { name: 'incomplete-runs', from, to });
  const numbers = await query(reader, { name: 'sequence-gaps', to });
  const at = (answer: typeof runs, row: (typeof runs.rows)[number], name: string) =>
    String(row[answer.columns.findIndex((column) => column.name === name)] ?? '');
  return [
    ...listed('gap_records', recorded.rows, (row) => {
      const policy = at(recorded, row, 'policy_id');
      const message = `${at(recorded, row, 'emitter')}: ${at(recorded, row, 'message')} (record ${at(recorded, row, 'log_index')})`;
      return { message, ...(policy === '' ? {} : { policy }) };
    }),
    ...listed('incomplete_run', runs.rows, (row) => ({
      message: `run ${at(runs, row, 'run_id')} of ${at(runs, row, 'emitter')}: ${at(runs, row, 'problem')}`,
    })),
    ...listed('missing_numbers', numbers.rows, (row) => ({
      message: `${at(numbers, row, 'emitter')}: numbers ${at(numbers, row, 'first_missing')} to ${at(numbers, row, 'last_missing')} never arrived`,
    })),
    ...unchecked([recorded.coverage, runs.coverage, numbers.coverage]),
  ];
}

function listed<Row>(
  kind: ExportGap['kind'],
  rows: readonly Row[],
  say: (row: Row) => Pick<ExportGap, 'message' | 'policy'>,
  all = 'a saved question lists all',
): ExportGap[] {
  const gaps = rows.slice(0, LISTED).map((row): ExportGap => ({ kind, ...say(row) }));
  const rest = rows.length - gaps.length;
  if (rest > 0) gaps.push({ kind, message: `${rest} more of the same kind; ${all}`, count: rest });
  return gaps;
}

/** What the questions themselves could not read: then nobody knows what else is missing. */
export function unchecked(coverages: readonly Coverage[]): ExportGap[] {
  const said = new Set<string>();
  for (const { gaps } of coverages)
    for (const { kind, message } of gaps)
      if (kind !== 'day_not_closed' && kind !== 'before_log' && kind !== 'after_log') said.add(message);
  return [...said].map((message) => ({
    kind: 'not_checked',
    message: `not all of the lake could be read to find gaps: ${message}`,
  }));
}
