import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isExhibitError } from '../../../record/index.ts';
import { DEFAULT_FLOOD, Flood, type FloodHost, type FloodSetting } from '../../../server/index.ts';
import type { ReadEvent } from '../../../sources/index.ts';
import { stateFolder } from '../../config/state.ts';
import type { Context } from '../../context.ts';
import { sentence } from '../../terminal/table.ts';
import type { Target } from '../target.ts';
import { type How, lostRecord, recordsOfItems } from './records.ts';

/**
 * A flood in what is followed, counted as the server counts it: each counted event is in a journal of this machine before its place in
 * the file is remembered, and a window that ended is one record for each rule and subject.
 */
export class FollowedFlood {
  readonly #flood: Flood;
  readonly #host: FloodHost;
  readonly #emitter: string;
  readonly #format: string;
  #writing: Promise<void>[] = [];
  #recorded = false;

  constructor(
    how: How,
    evidence: string,
    target: Target,
    context: Context,
    setting: FloodSetting = DEFAULT_FLOOD,
  ) {
    const { emitter, format } = how;
    this.#emitter = emitter;
    this.#format = format;
    // Two followers on one machine keep their journals apart.
    const name = createHash('sha256').update(`${evidence}\n${emitter}\n${format}`).digest('hex');
    this.#flood = new Flood(join(stateFolder(context.env), 'follow', `flood-${name.slice(0, 32)}`));
    const put = async (records: Parameters<Target['append']>[0]): Promise<void> => {
      await target.append(records);
      this.#recorded = true;
    };
    this.#host = {
      clock: context.clock,
      random: context.random,
      setting,
      log: (_level, event, fields = {}) =>
        void context.stderr.write(sentence(`warning: ${event}: ${String(fields.message)}`, context.stderr)),
      counted: () => undefined,
      keep: async ({ items, ...of }) => put(await recordsOfItems(items, of, how, target, context)),
      lost: (_emitter, events) => {
        const text = `${events} events of ${emitter} were counted, and what they said is lost`;
        return put([lostRecord(text, how, context, { events })]);
      },
    };
  }

  /** Records what a process before this one counted. */
  open(): Promise<void> {
    return this.#flood.open(this.#host);
  }

  /** Counts an event where there are too many of its kind; false where it gets records of its own. */
  async counts(event: ReadEvent): Promise<boolean> {
    let taken = this.#take(event);
    if (taken === 'full') {
      // A sender would be told to wait. Here the window ends at once, and the event is the first of the next one.
      await this.written();
      await this.#flood.close();
      taken = this.#take(event);
    }
    if (taken === undefined || taken === 'full') return false;
    this.#writing.push(taken);
    // Waited for in `written`; where something is thrown before, nobody else would hear of it.
    taken.catch(() => undefined);
    return true;
  }

  /** When all that was counted is on disk. @throws ExhibitError LEDGER_IO */
  async written(): Promise<void> {
    const all = this.#writing;
    this.#writing = [];
    await Promise.all(all);
  }

  /** Writes windows that have ended. @returns whether something was recorded that is not sealed or sent */
  async look(): Promise<boolean> {
    await this.#flood.look();
    const recorded = this.#recorded;
    this.#recorded = false;
    return recorded;
  }

  /** Writes the window that is open. @returns as `look` does */
  async close(): Promise<boolean> {
    await this.#flood.close();
    return this.look();
  }

  #take(event: ReadEvent): Promise<void> | 'full' | undefined {
    const delivery = { format: this.#format, emitter: this.#emitter, actor: '', verified_by: 'none' };
    try {
      return this.#flood.take(event, delivery);
    } catch (error) {
      if (!isExhibitError(error, 'SERVER_BUSY')) throw error;
      return 'full';
    }
  }
}
