/** What waits to be done, in order. Who adds to a full one waits. */
export class Queue<T> {
  readonly #most: number;
  readonly #items: T[] = [];
  #ended = false;
  #filled = Promise.withResolvers<void>();
  #emptied = Promise.withResolvers<void>();

  constructor(most: number) {
    this.#most = most;
  }

  async add(item: T): Promise<void> {
    while (this.#items.length >= this.#most && !this.#ended) await this.#emptied.promise;
    if (this.#ended) return;
    this.#items.push(item);
    this.#filled.resolve();
  }

  /** What waits, up to so many; waits for the first. Empty once it has ended, or the signal came. */
  async take(most: number, signal: AbortSignal): Promise<T[]> {
    const end = () => this.end();
    signal.addEventListener('abort', end, { once: true });
    try {
      while (this.#items.length === 0 && !this.#ended && !signal.aborted) {
        this.#filled = Promise.withResolvers();
        await this.#filled.promise;
      }
      const taken = this.#ended || signal.aborted ? [] : this.#items.splice(0, most);
      this.#emptied.resolve();
      this.#emptied = Promise.withResolvers();
      return taken;
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  end(): void {
    this.#ended = true;
    this.#filled.resolve();
    this.#emptied.resolve();
  }
}
