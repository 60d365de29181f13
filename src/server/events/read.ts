import { createHash } from 'node:crypto';
import { canonicalize, formatDigest } from '../../record/index.ts';
import {
  detectSource,
  type Item,
  type Outcome,
  openText,
  type Report,
  type Source,
  sourceOf,
} from '../../sources/index.ts';

/** Where an event came from, for its records. */
export interface Delivery {
  /** A format's id, or `auto`. */
  format: string;
  emitter: string;
  /** Salted reference of who sent it. */
  actor: string;
  verified_by: string;
}

/** An event that was understood, as far as its format goes. */
export interface ReadEvent {
  source: Source;
  report: Report;
  items: Item[];
  bytes: Buffer;
}

/** Most bytes of one event. */
export const EVENT_LIMITS = { whole: 8 << 20, value: 8 << 20, bytes: 8 << 20 };

/**
 * Reads one event by the code that reads a report of its format.
 * @param bytes one JSON value as it came; attacker-controlled
 * @throws ExhibitError INPUT_..., where it is no JSON or of no format; NOT_FOUND for a format that is not there
 */
export async function readEvent(bytes: Buffer, format: string): Promise<ReadEvent> {
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
export function runOf(items: readonly Item[], today: string): string {
  const outcomes = items.filter((item): item is Outcome => item.type === 'outcome');
  const dated = outcomes.some(({ observed_at, source_id }) => (observed_at ?? source_id) !== undefined);
  return dated ? 'event' : `event ${today}`;
}

export const digestOfBytes = (bytes: Uint8Array) => formatDigest(sha256(bytes));
export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
export const keyOf = (...parts: readonly string[]): string => canonicalize([...parts]);
