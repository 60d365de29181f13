import { createHash } from 'node:crypto';
import type { JournalLine } from './journal.ts';

/** What was counted of one rule and subject. */
export interface Counter {
  count: number;
  /** Unix milliseconds. */
  first: number;
  last: number;
  /** The first event that was counted, as it came. */
  event: Buffer;
}

/** What an emitter sent in a window. */
export class EmitterWindow {
  readonly actor: string;
  readonly verified_by: string;
  /** Events of each rule and subject, those with records of their own and those that were counted. */
  readonly seen = new Map<string, number>();
  readonly counters = new Map<string, Counter>();
  /** Of the events that are held. */
  bytes = 0;
  /** Digests of events with records of their own, and of those that were counted. */
  readonly #own = new Set<string>();
  readonly #counted = new Map<string, Promise<void> | undefined>();
  readonly #hash = createHash('sha256');
  /** Counted events of which nobody knows any more what they said: the first of their kind did not get to the disk. */
  orphans = 0;

  constructor(actor: string, verified_by: string) {
    this.actor = actor;
    this.verified_by = verified_by;
  }

  get events(): number {
    return this.#own.size + this.#counted.size;
  }

  /** Whether an event came before in the same bytes, and how. */
  knows(digest: string): 'own' | 'counted' | undefined {
    if (this.#own.has(digest)) return 'own';
    return this.#counted.has(digest) ? 'counted' : undefined;
  }

  /** An event that gets a record of its own. */
  see(key: string, digest: string): void {
    this.#own.add(digest);
    this.seen.set(key, (this.seen.get(key) ?? 0) + 1);
  }

  /** Holds a counted event until it is on disk; one that does not get there is not counted. */
  async hold(line: JournalLine, written: Promise<void>): Promise<void> {
    this.#counted.set(line.digest, written);
    try {
      await written;
      this.#counted.set(line.digest, undefined);
    } catch (error) {
      this.#counted.delete(line.digest);
      const counter = this.counters.get(line.key);
      if (counter !== undefined) counter.count -= 1;
      if (counter?.count === 0) this.counters.delete(line.key);
      throw error;
    }
  }

  /** When a counted event that came again is on disk. */
  held(digest: string): Promise<void> {
    return this.#counted.get(digest) ?? Promise.resolve();
  }

  count({ key, at, digest, event }: JournalLine): void {
    this.#hash.update(digest);
    const known = this.counters.get(key);
    if (known === undefined) {
      if (event === undefined) {
        this.orphans += 1;
        return;
      }
      const held = Buffer.from(event, 'base64');
      this.bytes += held.length;
      this.counters.set(key, { count: 1, first: at, last: at, event: held });
      return;
    }
    known.count += 1;
    known.first = Math.min(known.first, at);
    known.last = Math.max(known.last, at);
  }

  /** Over the digests of all events that were counted, in their order. */
  digest(): `sha256:${string}` {
    return `sha256:${this.#hash.copy().digest('hex')}`;
  }
}
