const MOST = 100_000;
const ENOUGH = 10_000;

/** The texts of one column, each once: an engine gives a new one for each row, and a million rows name a policy, a layer and a verdict. */
export class Texts {
  #seen: Map<string, string> | undefined = new Map();
  #asked = 0;

  /** The text itself, as it was seen first. A column whose texts are mostly new, such as ids, is not remembered. */
  one(text: string): string {
    if (this.#seen === undefined) return text;
    const known = this.#seen.get(text);
    this.#asked += 1;
    if (known !== undefined) return known;
    const { size } = this.#seen;
    if (size >= MOST || (this.#asked > ENOUGH && size * 2 > this.#asked)) this.#seen = undefined;
    else this.#seen.set(text, text);
    return text;
  }
}
