import { detectSource, sourceOf } from './detect.ts';
import { openText } from './report/open.ts';
import type { Item, Outcome, Report, Source } from './types.ts';

/** An event that was understood, as far as its format goes. */
export interface ReadEvent {
  source: Source;
  report: Report;
  items: Item[];
  bytes: Buffer;
}

const MOST = 8 * 1024 * 1024;
/** Most bytes of one event. */
export const EVENT_LIMITS = { whole: MOST, value: MOST, bytes: MOST };

/**
 * Reads one event by the code that reads a report of its format.
 * @param bytes one JSON value as it came; attacker-controlled
 * @param format a format's id, or `auto`
 * @throws ExhibitError INPUT_..., where it is no JSON or of no format; NOT_FOUND for a format that is not there
 */
export async function readForeignEvent(bytes: Buffer, format: string): Promise<ReadEvent> {
  const { report, sample } = await openText(bytes, 'event', EVENT_LIMITS);
  if (sample.fault !== undefined) throw sample.fault;
  const source = format === 'auto' ? detectSource(sample).source : sourceOf(format);
  const items: Item[] = [];
  for await (const item of source.read(report)) items.push(item);
  return { source, report, items, bytes };
}

/**
 * What makes the run of an event itself. With a time or an id in it the event is one for ever. One without either says what is now: sent
 * again on the same day it is the same, on another day it is evidence of that day.
 * @param today YYYY-MM-DD
 */
export function runOfEvent(items: readonly Item[], today: string): string {
  const outcomes = items.filter((item): item is Outcome => item.type === 'outcome');
  const dated = outcomes.some(({ observed_at, source_id }) => (observed_at ?? source_id) !== undefined);
  return dated ? 'event' : `event ${today}`;
}
