import { mkdir, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { formatInstant, uuidv7 } from '../../record/index.ts';
import { type Item, type Outcome, type ReadEvent, readForeignEvent } from '../../sources/index.ts';
import { ioError } from '../../store/index.ts';
import { busy } from '../http/queue.ts';
import { type Delivery, digestOfBytes, keyOf } from './delivery.ts';
import type { CountedWindow, FloodHost } from './flood-host.ts';
import { Journal, type JournalLine, readJournal } from './journal.ts';
import { type Counter, EmitterWindow } from './window.ts';

/** Formats whose events only say that something happened again. Of a state each change counts: such senders are told to wait, and do. */
const COUNTED: ReadonlySet<string> = new Set(['falco']);
/** Most events of an emitter in a window; more are told to wait. */
const MOST_EVENTS = 250_000;
/** Most bytes of the first events of an emitter in a window, which are held until it ends. */
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_EMITTERS = 1_000;

interface Window {
  /** Name of its journal: with it, ids of its records. */
  id: string;
  /** Unix milliseconds. */
  ends: number;
  emitters: Map<string, EmitterWindow>;
  journal: Promise<Journal> | undefined;
}

/**
 * Keeps floods from burying a log without losing what they say. The first events of a rule and subject in a window get records of their own. The
 * next ones are counted: each is in a journal on disk before it is acknowledged, and when the window ends there is one record for each
 * rule and subject, with the count, the first and the last time, and a run that says that this was a flood. See decision 0032.
 */
export class Flood {
  readonly #folder: string;
  #host: FloodHost | undefined;
  #window: Window | undefined;
  /** Ended windows that are not in the ledger yet. */
  readonly #ended: Window[] = [];
  #flushing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes what a process before this one left. Whoever opens it calls `look` every second or so. @throws ExhibitError LEDGER_IO */
  async open(host: FloodHost): Promise<void> {
    this.#host = host;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of (await readdir(this.#folder)).filter((each) => each.endsWith('.ndjson')).sort())
      await this.#recover(name.replace(/\.ndjson$/, ''));
  }

  /**
   * Counts an event where there are too many of its kind; undefined where it gets records of its own.
   * @returns when it is on disk
   * @throws ExhibitError SERVER_BUSY where more came than can be counted
   */
  take(event: ReadEvent, delivery: Delivery): Promise<void> | undefined {
    const host = this.#host;
    const [outcome] = event.items.filter((item): item is Outcome => item.type === 'outcome');
    if (host === undefined || outcome === undefined) return undefined;
    const { setting: flood } = host;
    if (!COUNTED.has(event.source.id) || event.items.some(({ type }) => type === 'problem')) return undefined;
    const now = host.clock();
    const window = this.#current(now, flood.window_seconds * 1_000, host);
    const { emitter, actor, verified_by } = delivery;
    const own = window.emitters.get(emitter) ?? new EmitterWindow(actor, verified_by);
    if (!window.emitters.has(emitter) && window.emitters.size >= MOST_EMITTERS)
      throw busy('more emitters send events than can be counted');
    window.emitters.set(emitter, own);
    const key = keyOf(event.source.id, outcome.check, outcome.subject.id);
    const digest = digestOfBytes(event.bytes);
    const seen = own.seen.get(key) ?? 0;
    // Sent again: a record is made again and dropped by the ledger, a count stands.
    const known = own.knows(digest);
    if (known !== undefined) return known === 'own' ? undefined : own.held(digest);
    if ((seen === 0 && own.seen.size >= flood.distinct) || own.events >= MOST_EVENTS)
      throw busy(`${emitter} sends more than can be counted`);
    if (seen < flood.same) {
      own.see(key, digest);
      return undefined;
    }
    const first = !own.counters.has(key);
    if (first && own.bytes + event.bytes.length > MOST_BYTES)
      throw busy(`${emitter} sends longer events than can be counted`);
    const at = Date.parse(outcome.observed_at ?? '');
    const line: JournalLine = {
      emitter,
      actor,
      verified_by,
      key,
      at: Number.isNaN(at) ? now : at,
      digest,
      ...(first ? { event: event.bytes.toString('base64') } : {}),
    };
    own.count(line);
    host.counted();
    return own.hold(line, this.#append(window, line));
  }

  /** Writes the records of windows that have ended. Never throws: what fails stays on disk, and the next look tries again. */
  look(): Promise<void> {
    const host = this.#host;
    if (host === undefined) return Promise.resolve();
    if (this.#window !== undefined && host.clock() >= this.#window.ends) this.#end();
    this.#flushing = this.#flushing.then(() => this.#flush(host));
    return this.#flushing;
  }

  /** Ends the window that is open, and writes it. */
  async close(): Promise<void> {
    this.#end();
    await this.look();
  }

  #current(now: number, length: number, host: FloodHost): Window {
    if (this.#window !== undefined && now >= this.#window.ends) {
      this.#end();
      void this.look();
    }
    this.#window ??= {
      id: uuidv7(now, host.random),
      ends: now + length,
      emitters: new Map(),
      journal: undefined,
    };
    return this.#window;
  }

  async #append(window: Window, line: JournalLine): Promise<void> {
    window.journal ??= Journal.create(join(this.#folder, `${window.id}.ndjson`));
    await (await window.journal).append(line);
  }

  #end(): void {
    if (this.#window?.journal !== undefined) this.#ended.push(this.#window);
    this.#window = undefined;
  }

  async #flush(host: FloodHost): Promise<void> {
    while (this.#ended[0] !== undefined) {
      const [window] = this.#ended;
      try {
        await (await window.journal)?.close();
        await this.#write(window, host);
        this.#ended.shift();
      } catch (error) {
        host.log('error', 'flood not recorded', { window: window.id, message: String(error) });
        // The journal is closed and whole: it is read again from the disk at the next start where this goes on.
        window.journal = undefined;
        return;
      }
    }
  }

  async #recover(id: string): Promise<void> {
    const window: Window = { id, ends: 0, emitters: new Map(), journal: undefined };
    for (const line of await readJournal(join(this.#folder, `${id}.ndjson`))) {
      const own = window.emitters.get(line.emitter) ?? new EmitterWindow(line.actor, line.verified_by);
      window.emitters.set(line.emitter, own);
      own.count(line);
    }
    if (this.#host !== undefined) await this.#write(window, this.#host);
  }

  async #write(window: Window, host: FloodHost): Promise<void> {
    for (const [emitter, own] of window.emitters) {
      if (own.orphans > 0) await host.lost(emitter, own.orphans);
      const counted = own.counters.size === 0 ? undefined : await countedWindow(window.id, emitter, own);
      if (counted !== undefined) await host.keep(counted);
    }
    await unlink(join(this.#folder, `${window.id}.ndjson`)).catch((cause: unknown) => {
      throw ioError(cause, window.id);
    });
  }
}

/** One item for each rule and subject, made of its first event, and a run that says what this is. */
async function countedWindow(
  id: string,
  emitter: string,
  own: EmitterWindow,
): Promise<CountedWindow | undefined> {
  const counters = [...own.counters.values()];
  const count = counters.reduce((sum, each) => sum + each.count, 0);
  const first = formatInstant(Math.min(...counters.map((each) => each.first)));
  const last = formatInstant(Math.max(...counters.map((each) => each.last)));
  const items: Item[] = [
    {
      type: 'run',
      started: first,
      ended: last,
      scanned: count,
      note: `a flood: ${count} events between ${first} and ${last} were counted; each of the ${counters.length} rules and subjects has one record`,
    },
  ];
  const delivery: Delivery = { format: 'falco', emitter, actor: own.actor, verified_by: own.verified_by };
  let source: ReadEvent['source'] | undefined;
  for (const counter of counters) {
    const event = await readForeignEvent(counter.event, delivery.format);
    source = event.source;
    items.push(...event.items.flatMap((item) => (item.type === 'outcome' ? [counted(item, counter)] : [])));
  }
  if (source === undefined) return undefined;
  return { items, source, raw_digest: own.digest(), run: `flood ${id}`, delivery };
}

const counted = (outcome: Outcome, { count, first, last }: Counter): Outcome => ({
  ...outcome,
  observed_at: formatInstant(last),
  details: {
    ...outcome.details,
    counted: { events: count, first: formatInstant(first), last: formatInstant(last) },
  },
});
