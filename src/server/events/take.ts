import { type ErrorCode, isExhibitError, type RecordDraft } from '../../record/index.ts';
import {
  EVENT_LIMITS,
  type Outcome,
  piecesOf,
  type ReadEvent,
  readForeignEvent,
} from '../../sources/index.ts';
import { requestInvalid } from '../http/reply.ts';
import { ownRecord } from '../own-record.ts';
import type { Delivery } from './delivery.ts';
import type { FloodHost } from './flood-host.ts';
import { linked } from './link.ts';
import { recordOfUnread, recordsOfEvent, recordsOfItems } from './record.ts';
import type { EventHost } from './types.ts';

/** What became of the events of a body. */
export interface Taken {
  events: number;
  /** Events that were counted in a flood: their records come when the window ends. */
  counted: number;
  /** Things of an event that its reader did not understand; the record says which. */
  problems: number;
  /** Events that were not understood at all. They are kept, without their secrets. */
  unread: { event: number; code: ErrorCode; message: string }[];
}

/** The events of a body, as the bytes they came in. @throws ExhibitError REQUEST_INVALID for what is no JSON */
export function eventsIn(bytes: Buffer, most: number): Buffer[] {
  const start = bytes.subarray(0, 64).toString('latin1').replace(/^ï»¿/, '').trimStart()[0];
  if (start !== '{' && start !== '[')
    throw requestInvalid('the body is neither an event in JSON nor a list or lines of them');
  const events: Buffer[] = [];
  for (const { bytes: own, line } of piecesOf(bytes, EVENT_LIMITS.value)) {
    if (own === undefined) throw requestInvalid(`the event in line ${line} is too long`);
    events.push(own);
  }
  if (events.length === 0) throw requestInvalid('the body holds no event');
  if (events.length > most)
    throw requestInvalid(`the body has more than ${most} events; nothing of it was taken`);
  return events;
}

/**
 * Takes events. When it returns they are on disk: as records, or counted where there is a flood. What is sent again adds nothing.
 * @throws ExhibitError NOT_FOUND for an unknown format, SERVER_BUSY, LEDGER_IO; nothing was acknowledged then
 */
export async function takeEvents(
  events: readonly Buffer[],
  delivery: Delivery,
  app: EventHost,
): Promise<Taken> {
  const taken: Taken = { events: events.length, counted: 0, problems: 0, unread: [] };
  const records: RecordDraft[] = [];
  const counted: Promise<void>[] = [];
  for (const [at, bytes] of events.entries()) {
    const event = await understood(bytes, at, taken, records, delivery, app);
    if (event === undefined) continue;
    taken.problems += event.items.filter(({ type }) => type === 'problem').length;
    const flood = app.events.flood.take(event, delivery);
    if (flood === undefined)
      records.push(...(await recordsOfEvent(await withLinks(event, app), delivery, app)));
    else {
      taken.counted += 1;
      counted.push(flood);
      // Waited for below; where something is thrown before, nobody else would hear of it.
      flood.catch(() => undefined);
    }
  }
  // A resend must find what was acknowledged, so both are on disk before anything is.
  const written = await Promise.allSettled([app.store.append(records), ...counted]);
  for (const each of written) if (each.status === 'rejected') throw each.reason;
  app.metrics.add('events_total', { format: knownFormat(delivery.format) }, events.length);
  return taken;
}

async function understood(
  bytes: Buffer,
  at: number,
  taken: Taken,
  records: RecordDraft[],
  delivery: Delivery,
  app: EventHost,
): Promise<ReadEvent | undefined> {
  try {
    return await readForeignEvent(bytes, delivery.format);
  } catch (error) {
    if (!isExhibitError(error) || !error.code.startsWith('INPUT_')) throw error;
    taken.unread.push({ event: at, code: error.code, message: error.message });
    app.log('warn', 'event unread', { emitter: delivery.emitter, code: error.code });
    records.push(await recordOfUnread(bytes, error, delivery, app));
    return undefined;
  }
}

/** Events of Falco are told together with what admission said of the pod. */
async function withLinks<T extends Pick<ReadEvent, 'source' | 'items'>>(
  event: T,
  app: EventHost,
): Promise<T> {
  if (event.source.id !== 'falco') return event;
  const admitted = await app.events.admitted(app);
  return {
    ...event,
    items: event.items.map((item) =>
      item.type === 'outcome' ? linked(item satisfies Outcome, admitted) : item,
    ),
  };
}

/** What counting a flood needs, of the server. */
export const floodHost = (app: EventHost): FloodHost => ({
  clock: app.clock,
  random: app.random,
  setting: app.settings.events.flood,
  log: app.log,
  counted: () => app.metrics.add('events_counted_total'),
  async keep(window) {
    const { items, delivery, ...of } = await withLinks(window, app);
    await app.store.append(await recordsOfItems(items, of, delivery, app));
  },
  async lost(emitter, events) {
    const details = { kind: 'events lost', sender: emitter, events };
    const message = `${events} events of ${emitter} were counted, and what they said is lost`;
    await app.store.appendOwn([{ ...ownRecord('gap', app), layer: 'runtime', message, details }]);
  },
});

/** Formats of the registry only: labels are never a caller's words. */
const knownFormat = (format: string) => (/^[a-z0-9-]{1,64}$/.test(format) ? format : 'other');
