/** The last few of many. */
export class Recent {
  readonly #most: number;
  readonly #all = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  add(one: string): void {
    this.#all.add(one);
    if (this.#all.size <= this.#most) return;
    for (const oldest of this.#all) {
      this.#all.delete(oldest);
      return;
    }
  }

  has(one: string): boolean {
    return this.#all.has(one);
  }
}
