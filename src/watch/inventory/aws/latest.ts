import { type InputFile, parseInput } from '../../../inputs/index.ts';
import { configItem, identityOf, itemsOf, objectOf } from './items.ts';

/** Bytes of JSON that are judged together: what one item may say of another is seen within them. */
const DOCUMENT_BYTES = 32 * 1024 * 1024;

/** The last item of each resource, of several files and messages. */
export class LatestItems {
  readonly #last = new Map<string, { at: string; type: string; item: unknown }>();
  #unknown: unknown[] = [];

  /**
   * What has the form of an item and lacks its type or id is kept as it is: the reader says that it is none.
   * @param value a snapshot, history, notice or item; attacker-controlled
   * @returns how many items are in it
   */
  add(value: unknown): number {
    const items = itemsOf(value);
    for (const each of items) {
      const item = configItem(each);
      if (item === undefined) {
        if (objectOf(each) !== undefined) this.#unknown.push(each);
        continue;
      }
      const at = item.configurationItemCaptureTime ?? '';
      const id = identityOf(item);
      if ((this.#last.get(id)?.at ?? '') <= at)
        this.#last.set(id, { at, type: item.resourceType, item: each });
    }
    return items.length;
  }

  /** Leaves out what is not newer than what `seen` knows, and tells it the rest. */
  notBefore(seen: Map<string, string>): void {
    for (const [id, { at }] of this.#last)
      if ((seen.get(id) ?? '') > at) this.#last.delete(id);
      else seen.set(id, at);
  }

  /** In documents of the form of a snapshot. The items of a service come together: the account's block and its buckets. */
  *documents(file: string): Generator<InputFile> {
    const items = [...this.#last.values()].sort((a, b) => (a.type < b.type ? -1 : a.type > b.type ? 1 : 0));
    let texts: string[] = [];
    let bytes = 0;
    let count = 0;
    const page = (): InputFile => {
      count += 1;
      const text = `{"configurationItems":[${texts.join(',')}]}`;
      texts = [];
      bytes = 0;
      return parseInput(count === 1 ? file : `${file}#${count}`, Buffer.from(text));
    };
    for (const item of [...items.map(({ item }) => item), ...this.#unknown]) {
      const text = JSON.stringify(item);
      if (bytes + text.length > DOCUMENT_BYTES && texts.length > 0) yield page();
      texts.push(text);
      bytes += text.length;
    }
    if (texts.length > 0) yield page();
  }
}
