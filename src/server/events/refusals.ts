import { formatInstant } from '../../record/index.ts';
import { ownRecord } from '../own-record.ts';
import type { EventHost } from './types.ts';

interface Refused {
  count: number;
  first: number;
  last: number;
}

/** Senders whose names are told; the rest are told together. */
const MOST = 1_000;
const OTHERS = '(others)';

/** Counts requests that were told to wait. A sender that does not come again has lost them, so the log says how many there were. */
export class Refusals {
  #waiting = new Map<string, Refused>();

  add(sender: string, now: number): void {
    const name = this.#waiting.has(sender) || this.#waiting.size < MOST ? sender : OTHERS;
    const known = this.#waiting.get(name);
    if (known === undefined) this.#waiting.set(name, { count: 1, first: now, last: now });
    else {
      known.count += 1;
      known.last = now;
    }
  }

  /** Writes one gap for each sender. What cannot be written waits on. */
  async write(app: EventHost): Promise<void> {
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting;
    this.#waiting = new Map();
    try {
      await app.store.appendOwn(
        [...waiting].map(([sender, { count, first, last }]) => ({
          ...ownRecord('gap', app),
          layer: 'runtime',
          message: `${count} requests with events of ${sender} were told to wait: what was not sent again is not here`,
          details: {
            kind: 'events refused',
            sender,
            requests: count,
            first: formatInstant(first),
            last: formatInstant(last),
          },
        })),
      );
    } catch (error) {
      for (const [sender, each] of this.#waiting) {
        const before = waiting.get(sender);
        waiting.set(
          sender,
          before === undefined ? each : { ...each, count: each.count + before.count, first: before.first },
        );
      }
      this.#waiting = waiting;
      app.log('error', 'refusals not recorded', { message: String(error) });
    }
  }
}
