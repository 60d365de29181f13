import type { Encoded } from '../../ledger/index.ts';

interface Call {
  records: readonly Encoded[];
  blobs: Iterable<Uint8Array>;
  done: PromiseWithResolvers<void>;
}

type Write = (records: readonly Encoded[], blobs: Iterable<Uint8Array>) => Promise<void>;

/** Group commit: while one group is being written, later calls wait and become the next one, numbered and synced together. */
export class OwnGroup {
  readonly #write: Write;
  #waiting: Call[] = [];
  #running: Promise<void> | undefined;

  /** @param write puts blobs, then records, on disk */
  constructor(write: Write) {
    this.#write = write;
  }

  add(records: readonly Encoded[], blobs: Iterable<Uint8Array>): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ records, blobs, done });
    this.#running ??= this.#run();
    return done.promise;
  }

  async #run(): Promise<void> {
    // What comes in this turn of the event loop comes together.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#together(this.#waiting.splice(0));
    this.#running = undefined;
  }

  async #together(group: readonly Call[]): Promise<void> {
    try {
      await this.#write(
        group.flatMap(({ records }) => records),
        group.flatMap(({ blobs }) => [...blobs]),
      );
      for (const { done } of group) done.resolve();
    } catch (error) {
      for (const { done } of group) done.reject(error);
    }
  }
}
