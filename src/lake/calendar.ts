import type { LogReader } from '../ledger/index.ts';
import { isExhibitError } from '../record/index.ts';
import { daysOf } from './days.ts';
import { firstDay, recordedDay } from './history.ts';
import { findManifest } from './manifest.ts';

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
