import type { LakeProblem, Manifest } from '../types.ts';

/** A day of the log without a manifest, and its leaves. */
export interface OpenDay {
  day: string;
  from: number;
  to: number;
}

/** A day of the log: closed, or open, or with a manifest that cannot be used. */
export interface FoundDay {
  manifest?: Manifest;
  open?: OpenDay;
  problems: LakeProblem[];
}

/**
 * What earlier questions of one caller found out about one log: given to several questions, each manifest is read once and each file hashed and counted
 * once. It holds of a log that is held at one size; another size is looked at anew.
 */
export class Known {
  /** Digest of a file, by its path and its state on disk. */
  readonly hashed = new Map<string, string>();
  /** Rows of a file, by the digest of its bytes. */
  readonly rows = new Map<string, number>();
  readonly #days = new Map<string, Promise<FoundDay>>();

  /** What the log says of a day. */
  day(log: { origin: string; size: number }, day: string, read: () => Promise<FoundDay>): Promise<FoundDay> {
    const key = `${log.size} ${day} ${log.origin}`;
    const found = this.#days.get(key) ?? read();
    this.#days.set(key, found);
    return found;
  }
}
