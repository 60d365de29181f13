import { RegoNumber, RegoObject, RegoSet, sorted, sortedEntries, type Term } from './term.ts';

/**
 * Reads what `opa_value_dump` writes: JSON plus sets (`{1, 2}`, `set()`) and keys of any type.
 * @throws SyntaxError on anything else, which would be a defect of the module
 */
export function parseTerm(text: string): Term {
  const reader = new Reader(text);
  const term = reader.term();
  reader.end();
  return term;
}

/** Text that `opa_value_parse` reads back as the same value. */
export function encodeTerm(term: Term): string {
  if (term === null || typeof term === 'boolean') return String(term);
  if (typeof term === 'string') return JSON.stringify(term.toWellFormed());
  if (term instanceof RegoNumber) return term.text;
  if (term instanceof RegoSet)
    return term.items.length === 0 ? 'set()' : `{${term.items.map(encodeTerm).join(',')}}`;
  if (term instanceof RegoObject)
    return `{${term.entries.map(([key, value]) => `${encodeTerm(key)}:${encodeTerm(value)}`).join(',')}}`;
  return `[${term.map(encodeTerm).join(',')}]`;
}

/** The text that OPA prints for a value in a message: sorted, with Go's quoting. */
export function showTerm(term: Term): string {
  if (term === null || typeof term === 'boolean') return String(term);
  if (typeof term === 'string') return quoteGo(term);
  if (term instanceof RegoNumber) return term.text;
  if (term instanceof RegoSet)
    return term.items.length === 0 ? 'set()' : `{${sorted(term.items).map(showTerm).join(', ')}}`;
  if (term instanceof RegoObject)
    return `{${sortedEntries(term)
      .map(([key, value]) => `${showTerm(key)}: ${showTerm(value)}`)
      .join(', ')}}`;
  return `[${term.map(showTerm).join(', ')}]`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Go's strconv.Quote, or QuoteToASCII. */
export function quoteGo(text: string, ascii = false, quote = '"'): string {
  let out = quote;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (char === quote) out += `\\${quote}`;
    else if (ESCAPES[char] !== undefined) out += ESCAPES[char];
    else if (PRINTABLE.test(char) && !(ascii && code > 0x7f)) out += char;
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (code > 0xffff) out += `\\U${code.toString(16).padStart(8, '0')}`;
    else out += `\\u${code.toString(16).padStart(4, '0')}`;
  }
  return out + quote;
}

/** A JSON value as a term; numbers are JavaScript's. */
export function fromJson(value: unknown): Term {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return new RegoNumber(String(value));
  if (Array.isArray(value)) return value.map(fromJson);
  return new RegoObject(Object.entries(value as object).map(([key, item]) => [key, fromJson(item)] as const));
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  term(): Term {
    this.#space();
    const char = this.#text[this.#at];
    if (char === '"') return this.#string();
    if (char === '[') return this.#array();
    if (char === '{') return this.#braces();
    if (this.#text.startsWith('set()', this.#at)) return this.#skip(5, new RegoSet([]));
    if (this.#text.startsWith('null', this.#at)) return this.#skip(4, null);
    if (this.#text.startsWith('true', this.#at)) return this.#skip(4, true);
    if (this.#text.startsWith('false', this.#at)) return this.#skip(5, false);
    return this.#number();
  }

  end(): void {
    this.#space();
    if (this.#at !== this.#text.length) this.#fail();
  }

  #array(): Term[] {
    const items: Term[] = [];
    this.#at += 1;
    if (this.#take(']')) return items;
    do items.push(this.term());
    while (this.#take(','));
    if (!this.#take(']')) this.#fail();
    return items;
  }

  #braces(): RegoSet | RegoObject {
    this.#at += 1;
    if (this.#take('}')) return new RegoObject([]);
    const first = this.term();
    if (this.#take(':')) return this.#object(first);
    const items = [first];
    while (this.#take(',')) items.push(this.term());
    if (!this.#take('}')) this.#fail();
    return new RegoSet(items);
  }

  #object(first: Term): RegoObject {
    const entries: [Term, Term][] = [[first, this.term()]];
    while (this.#take(',')) {
      const key = this.term();
      if (!this.#take(':')) this.#fail();
      entries.push([key, this.term()]);
    }
    if (!this.#take('}')) this.#fail();
    return new RegoObject(entries);
  }

  #string(): string {
    let end = this.#at + 1;
    while (this.#text[end] !== '"') {
      if (end >= this.#text.length) this.#fail();
      end += this.#text[end] === '\\' ? 2 : 1;
    }
    const value = JSON.parse(this.#text.slice(this.#at, end + 1)) as string;
    this.#at = end + 1;
    return value;
  }

  #number(): RegoNumber {
    const pattern = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return this.#fail();
    return this.#skip(found.length, new RegoNumber(found));
  }

  #skip<T>(length: number, value: T): T {
    this.#at += length;
    return value;
  }

  #take(char: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #space(): void {
    while (this.#text[this.#at] === ' ') this.#at += 1;
  }

  #fail(): never {
    throw new SyntaxError(`not a Rego value at offset ${this.#at}`);
  }
}
