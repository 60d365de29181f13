/** The last so many ids, to know one that comes again. Adding and forgetting take constant time. */
export class LastIds {
  readonly #ids = new Set<string>();
  readonly #ring: string[] = [];
  readonly #most: number;
  #oldest = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** False where the id is among the last ones. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    const forgotten = this.#ring[this.#oldest];
    if (forgotten !== undefined) this.#ids.delete(forgotten);
    this.#ring[this.#oldest] = id;
    this.#oldest = (this.#oldest + 1) % this.#most;
    return true;
  }
}
