import { createScanner } from 'jsonc-parser';
import type { JsonPath } from './types.ts';

interface Place {
  /** Of the key of a member, or of an item. */
  offset: number;
  /** Of its value. */
  value: number;
}

/** What stands directly in an object or array. */
interface Container {
  members: Map<string, Place>;
  items: Place[];
}

/**
 * Finds offsets in one JSON text. Only the containers on the way are read, each once: a tree of the whole text takes twenty times
 * its length of memory.
 */
export function jsonLocator(text: string): (path: JsonPath) => number {
  const reader = new Reader(text);
  const known = new Map<number, Container>();
  return (path) => {
    const root = reader.start(0);
    let place: Place = { offset: root, value: root };
    for (const step of path) {
      const container = known.get(place.value) ?? reader.container(place.value);
      known.set(place.value, container);
      const next = find(container, step);
      // The nearest enclosing one that there is.
      if (next === undefined) break;
      place = next;
    }
    return place.offset;
  };
}

function find({ members, items }: Container, step: string | number): Place | undefined {
  // Rego paths may carry an index as text.
  return members.get(String(step)) ?? (/^\d+$/.test(String(step)) ? items[Number(step)] : undefined);
}

/** Reads tokens, each known by its first character; the empty text is the end. */
class Reader {
  readonly #text: string;
  readonly #scanner: ReturnType<typeof createScanner>;

  constructor(text: string) {
    this.#text = text;
    this.#scanner = createScanner(text, true);
  }

  /** Offset of the first token from an offset on. */
  start(offset: number): number {
    this.#scanner.setPosition(offset);
    this.#next();
    return this.#scanner.getTokenOffset();
  }

  /** What stands directly in the value that starts at an offset: nothing in a text or a number. */
  container(offset: number): Container {
    const container: Container = { members: new Map(), items: [] };
    this.#scanner.setPosition(offset);
    const open = this.#next();
    if (open === '{') this.#members(container);
    else if (open === '[') this.#items(container);
    return container;
  }

  #members({ members }: Container): void {
    for (let token = this.#next(); !ends(token); token = this.#next()) {
      if (token !== '"') continue;
      const key = this.#scanner.getTokenValue();
      const offset = this.#scanner.getTokenOffset();
      this.#next();
      const first = this.#next();
      if (!members.has(key)) members.set(key, { offset, value: this.#scanner.getTokenOffset() });
      this.#pass(first);
    }
  }

  #items({ items }: Container): void {
    for (let token = this.#next(); !ends(token); token = this.#next()) {
      if (token === ',') continue;
      const offset = this.#scanner.getTokenOffset();
      items.push({ offset, value: offset });
      this.#pass(token);
    }
  }

  /** Reads on to the end of a value whose first token was read. */
  #pass(first: string): void {
    let depth = opens(first) ? 1 : 0;
    while (depth > 0) {
      const token = this.#next();
      if (token === '') return;
      if (opens(token)) depth += 1;
      else if (ends(token)) depth -= 1;
    }
  }

  #next(): string {
    this.#scanner.scan();
    return this.#text.charAt(this.#scanner.getTokenOffset());
  }
}

const opens = (token: string): boolean => token === '{' || token === '[';
const ends = (token: string): boolean => token === '}' || token === ']' || token === '';
