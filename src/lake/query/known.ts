import type { FoundDay } from './scope.ts';

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
