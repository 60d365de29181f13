import type { Clock } from '../../record/index.ts';
import type { Builtin } from '../wasm/instance.ts';
import { int, isArray, type Term } from '../wasm/term.ts';
import { fail, integer, smallInteger, string } from './operands.ts';
import { DAYS, formatTime, NAMED_LAYOUTS, parseTime } from './time-layout.ts';
import { fromWall, offsetAt, type WallTime, wallTime } from './time-zone.ts';

const LIMIT = 1n << 63n;

/** Nanoseconds beyond 64 bits are an error in OPA. */
const within = (nanoseconds: bigint): bigint =>
  nanoseconds >= -LIMIT && nanoseconds < LIMIT ? nanoseconds : fail('time outside of the valid range');

const named = (layout: string): string =>
  Object.hasOwn(NAMED_LAYOUTS, layout) ? (NAMED_LAYOUTS[layout] ?? layout) : layout;

interface Moment {
  nanoseconds: bigint;
  zone: string;
  layout: string;
}

/** A number of nanoseconds, or an array of it, a zone and a layout. */
function moment(term: Term | undefined): Moment {
  const [first, zone, layout] = term !== undefined && isArray(term) ? term : [term];
  const name = zone === undefined ? 'UTC' : string(zone);
  return {
    nanoseconds: within(integer(first)),
    zone: name === '' ? 'UTC' : name,
    layout: layout === undefined ? '' : string(layout),
  };
}

const wall = (term: Term | undefined): WallTime => {
  const { nanoseconds, zone } = moment(term);
  return wallTime(nanoseconds, zone);
};

const format: Builtin = ([term]) => {
  const { nanoseconds, zone, layout } = moment(term);
  return formatTime(
    layout === '' ? (NAMED_LAYOUTS.RFC3339Nano ?? '') : named(layout),
    wallTime(nanoseconds, zone),
  );
};

const addDate: Builtin = ([term, years, months, days]) => {
  const { nanoseconds, zone } = moment(term);
  const start = wallTime(nanoseconds, zone);
  const moved = {
    ...start,
    year: start.year + smallInteger(years),
    month: start.month + smallInteger(months),
    day: start.day + smallInteger(days),
  };
  if (Math.abs(moved.year) > 9_999 || Math.abs(moved.month) > 120_000 || Math.abs(moved.day) > 4_000_000)
    fail('time outside of the valid range');
  return int(within(fromWall(moved, zone)));
};

/** Years, months, days, hours, minutes and seconds between two moments, on the clock of the first one's zone. */
const diff: Builtin = ([first, second]) => {
  const [a, b] = [moment(first), moment(second)];
  offsetAt(b.zone, 0);
  const [from, to] = [a.nanoseconds, b.nanoseconds].sort((x, y) => (x < y ? -1 : Number(x > y)));
  const [start, end] = [wallTime(from ?? 0n, a.zone), wallTime(to ?? 0n, a.zone)];
  let [year, month, day] = [end.year - start.year, end.month - start.month, end.day - start.day];
  let [hour, minute, seconds] = [end.hour - start.hour, end.minute - start.minute, end.second - start.second];
  if (seconds < 0) [seconds, minute] = [seconds + 60, minute - 1];
  if (minute < 0) [minute, hour] = [minute + 60, hour - 1];
  if (hour < 0) [hour, day] = [hour + 24, day - 1];
  if (day < 0) [day, month] = [day + new Date(Date.UTC(start.year, start.month, 0)).getUTCDate(), month - 1];
  if (month < 0) [month, year] = [month + 12, year - 1];
  return [year, month, day, hour, minute, seconds].map(int);
};

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 24n * 3_600_000_000_000n,
  w: 7n * 24n * 3_600_000_000_000n,
  y: 365n * 24n * 3_600_000_000_000n,
};
const SEGMENT = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w|y)/y;

/** Go's durations, and OPA's days, weeks and years of 24 hours, 7 and 365 days. */
const parseDuration: Builtin = ([term]) => {
  const text = string(term);
  const digits = text.replace(/^[+-]/, '');
  if (digits === '0') return int(0);
  if (digits === '') fail('invalid duration');
  let total = 0n;
  SEGMENT.lastIndex = 0;
  for (let at = 0; at < digits.length; at = SEGMENT.lastIndex) {
    const [, amount = '', unit = ''] = SEGMENT.exec(digits) ?? fail('invalid duration');
    const [whole = '', decimals = ''] = amount.split('.');
    const scale = UNITS[unit] ?? 1n;
    total += BigInt(whole === '' ? '0' : whole) * scale;
    if (decimals !== '') total += (BigInt(decimals) * scale) / 10n ** BigInt(decimals.length);
  }
  return int(within(text.startsWith('-') ? -total : total));
};

/** @param now the effective time */
export function createTime(now: Clock): Readonly<Record<string, Builtin>> {
  return {
    'time.now_ns': () => int(BigInt(Math.trunc(now())) * 1_000_000n),
    'time.parse_rfc3339_ns': ([text]) => int(within(parseTime(NAMED_LAYOUTS.RFC3339 ?? '', string(text)))),
    'time.parse_ns': ([layout, text]) => int(within(parseTime(named(string(layout)), string(text)))),
    'time.parse_duration_ns': parseDuration,
    'time.format': format,
    'time.date': ([term]) => [wall(term).year, wall(term).month, wall(term).day].map(int),
    'time.clock': ([term]) => [wall(term).hour, wall(term).minute, wall(term).second].map(int),
    'time.weekday': ([term]) => DAYS[wall(term).weekday] ?? '',
    'time.add_date': addDate,
    'time.diff': diff,
  };
}
