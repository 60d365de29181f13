import { ExhibitError } from '../../record/index.ts';
import { fail } from './operands.ts';

/** A moment as a clock on the wall of a zone shows it. */
export interface WallTime {
  year: number;
  /** From 1. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  /** From 0, Sunday. */
  weekday: number;
  /** Seconds east of UTC. */
  offset: number;
  zone: string;
}

const NANOSECONDS = 1_000_000_000n;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** @returns seconds east of UTC at a moment in Unix seconds. @throws OperandError for a zone that does not exist */
export function offsetAt(zone: string, seconds: number): number {
  if (zone === 'UTC') return 0;
  const parts = Object.fromEntries(
    formatter(zone)
      .formatToParts(seconds * 1000)
      .map(({ type, value }) => [type, Number(value)]),
  ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;
  const wall = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return wall / 1000 - seconds;
}

function formatter(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  // The zone of the machine would make the same input give another verdict elsewhere.
  if (zone === 'Local')
    throw new ExhibitError('ENGINE_ERROR', 'the time zone Local differs between machines', {
      hint: 'Name a zone, such as Europe/Berlin, or UTC.',
    });
  if (!/^[A-Za-z]/.test(zone)) fail('no such time zone');
  try {
    const made = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(zone, made);
    return made;
  } catch {
    return fail('no such time zone');
  }
}

/** @param nanoseconds since 1970 */
export function wallTime(nanoseconds: bigint, zone: string): WallTime {
  const fraction = ((nanoseconds % NANOSECONDS) + NANOSECONDS) % NANOSECONDS;
  const seconds = Number((nanoseconds - fraction) / NANOSECONDS);
  const offset = offsetAt(zone, seconds);
  const date = new Date((seconds + offset) * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond: Number(fraction),
    weekday: date.getUTCDay(),
    offset,
    zone,
  };
}

export type WallClock = Pick<
  WallTime,
  'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'nanosecond'
>;

/** Unix nanoseconds of a wall clock; fields beyond their range carry over, as in Go's time.Date. */
export function fromWall(wall: WallClock, zone: string): bigint {
  const seconds = unixSeconds(wall);
  const guess = offsetAt(zone, seconds);
  const offset = guess === 0 ? 0 : offsetAt(zone, seconds - guess);
  return BigInt(seconds - offset) * NANOSECONDS + BigInt(wall.nanosecond);
}

/** As if the wall clock were one in UTC. */
export function unixSeconds({ year, month, day, hour, minute, second }: WallClock): number {
  const date = new Date(0);
  // Date.UTC would read the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, 0);
  return date.getTime() / 1000;
}
