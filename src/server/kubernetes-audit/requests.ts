import { z } from 'zod';
import { digestOf } from '../../policy/index.ts';
import { canonicalize, type Digest } from '../../record/index.ts';
import type { AuditEvent, Item } from '../../sources/index.ts';

/** What events tell of one request. */
export interface ToldRequest {
  /** What makes its run itself: the request's id and the stage that ended it. */
  of: string;
  raw_digest: Digest;
  items: Item[];
}

const identified = z.looseObject({ auditID: z.string(), stage: z.string() });
const keyOf = (id: string, stage: string): string => canonicalize([id, stage]);

/** Sorts what a reader tells by the request that it is about. Ids may be chosen by whoever makes requests. */
export class Requests {
  /** Those of which something is told, in their order. */
  readonly told: ToldRequest[] = [];
  readonly #events = new Map<string, unknown>();
  #now: AuditEvent | undefined;

  /** @param events as they came */
  constructor(events: readonly unknown[]) {
    for (const event of events) {
      const { data } = identified.safeParse(event);
      if (data === undefined) continue;
      const key = keyOf(data.auditID, data.stage);
      // Of two with one id the reader takes the first.
      if (!this.#events.has(key)) this.#events.set(key, event);
    }
  }

  /** The reader is about to tell of this request. */
  see(event: AuditEvent): void {
    this.#now = event;
  }

  /** @returns false for what is of the whole batch, or of a request that names itself by no id */
  take(item: Item): boolean {
    const { id, stage, time } = this.#now ?? {};
    if (item.type !== 'outcome' || id === undefined || stage === undefined) return false;
    const of = keyOf(id, stage);
    const event = this.#events.get(of);
    if (event === undefined) return false;
    const last = this.told.at(-1);
    if (last?.of === of) {
      last.items.push(item);
      return true;
    }
    const run: Item = {
      type: 'run',
      ...(time === undefined ? {} : { started: time, ended: time }),
      scanned: 1,
    };
    const raw_digest = digestOf(Buffer.from(JSON.stringify(event)));
    this.told.push({ of, raw_digest, items: [run, item] });
    return true;
  }
}
