/** Work by key: the last request wins, a short pause gathers several changes, and one piece of work of a key runs at a time. */
export class Queue {
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  readonly #running = new Map<string, boolean>();
  readonly #run: (key: string) => Promise<void>;
  #closed = false;

  /** @param run must not throw */
  constructor(run: (key: string) => Promise<void>) {
    this.#run = run;
  }

  /** @param milliseconds pause, which begins anew with each request */
  request(key: string, milliseconds: number): void {
    if (this.#closed) return;
    clearTimeout(this.#waiting.get(key));
    this.#waiting.set(
      key,
      setTimeout(() => {
        this.#waiting.delete(key);
        void this.#start(key);
      }, milliseconds),
    );
  }

  drop(key: string): void {
    clearTimeout(this.#waiting.get(key));
    this.#waiting.delete(key);
  }

  close(): void {
    this.#closed = true;
    for (const key of [...this.#waiting.keys()]) this.drop(key);
  }

  async #start(key: string): Promise<void> {
    if (this.#running.has(key)) {
      this.#running.set(key, true);
      return;
    }
    this.#running.set(key, false);
    await this.#run(key);
    const again = this.#running.get(key) === true;
    this.#running.delete(key);
    if (again && !this.#closed) await this.#start(key);
  }
}
