import { type InputFile, parseInput } from '../../../inputs/index.ts';

/** Entries that are judged together, in bytes of JSON: what one may say of another is seen within them. */
const DOCUMENT_BYTES = 32 * 1024 * 1024;

/** Puts what came in pages into documents of the form that a file would have. */
export class Documents {
  readonly #name: string;
  readonly #key: string;
  #texts: string[] = [];
  #bytes = 0;
  #count = 0;

  /** @param name of the listing @param key member that holds the entries */
  constructor(name: string, key: string) {
    this.#name = name;
    this.#key = key;
  }

  *add(entries: readonly unknown[]): Generator<InputFile> {
    for (const entry of entries) {
      const text = JSON.stringify(entry);
      if (this.#texts.length > 0 && this.#bytes + text.length > DOCUMENT_BYTES) yield* this.end();
      this.#texts.push(text);
      this.#bytes += text.length;
    }
  }

  *end(): Generator<InputFile> {
    if (this.#texts.length === 0) return;
    this.#count += 1;
    const text = `{"${this.#key}":[${this.#texts.join(',')}]}`;
    this.#texts = [];
    this.#bytes = 0;
    yield parseInput(`${this.#name}/${this.#count}.json`, Buffer.from(text));
  }
}
