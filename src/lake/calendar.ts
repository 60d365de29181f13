import type { LogReader } from '../ledger/index.ts';
import { isExhibitError } from '../record/index.ts';
import { addDays, daysOf } from './days.ts';
import { firstDay, recordedDay } from './history.ts';
import { dayRange, findManifest } from './manifest.ts';
import { inParallel } from './parallel.ts';

/** The days of a log, from its first to its last record; none for an empty log. */
export async function logDays(reader: LogReader): Promise<string[]> {
  const first = await firstDay(reader);
  if (first === undefined) return [];
  const { size } = await reader.checkpoint();
  return daysOf({ from: first, to: await recordedDay(reader, size - 1) });
}

/** Days with a manifest in the log, usable or not, in order. */
export async function closedDays(reader: LogReader): Promise<string[]> {
  const closed: string[] = [];
  for (const day of await logDays(reader)) if (await isClosed(reader, day)) closed.push(day);
  return closed;
}

/** Whether the log has a manifest of the day; one that is not usable counts, so that a check names it. */
export async function isClosed(reader: LogReader, day: string): Promise<boolean> {
  try {
    return (await findManifest(reader, day)) !== undefined;
  } catch (cause) {
    if (isExhibitError(cause, 'LAKE_MISMATCH')) return true;
    throw cause;
  }
}

/** Those of the days that the log has no record of, closed or not: by their manifests, else by the log itself. No file of the lake is read. */
export async function daysWithoutRecords(reader: LogReader, days: readonly string[]): Promise<string[]> {
  const ranges = await inParallel(
    days,
    async (day) => (await rangeOf(reader, day)) ?? (await dayRange(reader, day, addDays(day, 1))),
  );
  return days.filter((_, at) => ranges[at]?.from === ranges[at]?.to);
}

async function rangeOf(reader: LogReader, day: string): Promise<{ from: number; to: number } | undefined> {
  try {
    const details = (await findManifest(reader, day))?.details;
    return details === undefined ? undefined : { from: details.from_index, to: details.to_index };
  } catch (cause) {
    // Which is said of every answer over that day.
    if (isExhibitError(cause, 'LAKE_MISMATCH')) return undefined;
    throw cause;
  }
}
