import { DAY_MILLISECONDS, ExhibitError, formatInstant } from '../record/index.ts';
import type { Period } from './types.ts';

/** First instant of a UTC day, as records carry it. @throws ExhibitError USAGE for what is no day */
export function dayStart(day: string): string {
  return formatInstant(dayMilliseconds(day));
}

/** Unix milliseconds of the first instant of a UTC day. @throws ExhibitError USAGE for what is no day */
export function dayMilliseconds(day: string): number {
  const time = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(day) ? Date.parse(`${day}T00:00:00.000Z`) : Number.NaN;
  if (Number.isNaN(time) || formatInstant(time).slice(0, 10) !== day) {
    throw new ExhibitError('USAGE', `${JSON.stringify(day)} is not a day`, {
      hint: 'Write a UTC day as YYYY-MM-DD.',
    });
  }
  return time;
}

/** The day after, by a number of days that may be negative. */
export function addDays(day: string, count: number): string {
  return formatInstant(dayMilliseconds(day) + count * DAY_MILLISECONDS).slice(0, 10);
}

/** All days of a period, both ends included; none when it ends before it begins. */
export function daysOf({ from, to }: Period): string[] {
  const days: string[] = [];
  for (let time = dayMilliseconds(from); time <= dayMilliseconds(to); time += DAY_MILLISECONDS) {
    days.push(formatInstant(time).slice(0, 10));
  }
  return days;
}

/** Joins neighbouring days to periods: what a list of gaps shows. The days must be sorted. */
export function toPeriods(days: readonly string[]): Period[] {
  const periods: Period[] = [];
  for (const day of days) {
    const last = periods.at(-1);
    if (last !== undefined && addDays(last.to, 1) === day) last.to = day;
    else periods.push({ from: day, to: day });
  }
  return periods;
}

/** `2026-03-01` or `2026-03-01 to 2026-03-04`. */
export function formatPeriod({ from, to }: Period): string {
  return from === to ? from : `${from} to ${to}`;
}
