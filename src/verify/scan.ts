import { escapeLength, IN_STRING, isNumberStart, numberEnd } from './scalar.ts';

/** A member of the scanned object: its value, quotes included, is the bytes [start, end). */
export interface Span {
  start: number;
  end: number;
}

/** Deeper nesting is left to the reader that knows the exact limit. */
const MOST_DEPTH = 32;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const WORDS = ['true', 'false', 'null'].map((word) => [...word].map((letter) => letter.charCodeAt(0)));

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Looks through bytes once, without making values of them, and says whether they are surely one JSON object in canonical
 * form (RFC 8785). It is exact in one direction: what it takes is canonical; what it does not take may be, and is left to
 * canonicalize. Rare forms (keys with escapes or beyond ASCII, deep nesting) are among the latter.
 *
 * @param bytes attacker-controlled
 * @param wanted keys in ASCII, sorted
 * @param least so many of them, from the first on, must be there
 * @returns the members of the object with the wanted keys; undefined where the bytes are not surely canonical, or one is missing
 */
export function scanObject(
  bytes: Uint8Array,
  wanted: readonly Uint8Array[],
  least: number = wanted.length,
): Span[] | undefined {
  const spans: Span[] = [];
  const scan = new Scan(bytes);
  const end = scan.object(0, 1, wanted, spans);
  if (end !== bytes.length || spans.length < least) return undefined;
  if (scan.beyondAscii && !isUtf8(bytes)) return undefined;
  return spans;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Each method takes the place where a value starts and gives the place after it; -1 where it is not surely canonical. */
class Scan {
  readonly #bytes: Uint8Array;
  beyondAscii = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  object(start: number, depth: number, wanted: readonly Uint8Array[] = [], spans: Span[] = []): number {
    const bytes = this.#bytes;
    if (bytes[start] !== 0x7b || depth > MOST_DEPTH) return -1;
    if (bytes[start + 1] === 0x7d) return start + 2;
    let before = -1;
    for (let at = start + 1; ; ) {
      const end = this.#key(at);
      // Keys rise strictly, so none is there twice.
      if (end < 0 || (before >= 0 && !this.#rises(before, at))) return -1;
      const value = end + 1;
      const next = bytes[end] === COLON ? this.#value(value, depth) : -1;
      if (next < 0) return -1;
      const key = wanted[spans.length];
      if (key !== undefined && this.#is(at + 1, end - 1, key)) spans.push({ start: value, end: next });
      if (bytes[next] === 0x7d) return next + 1;
      if (bytes[next] !== COMMA) return -1;
      before = at;
      at = next + 1;
    }
  }

  #array(start: number, depth: number): number {
    const bytes = this.#bytes;
    if (depth > MOST_DEPTH) return -1;
    if (bytes[start + 1] === 0x5d) return start + 2;
    for (let at = start + 1; ; at += 1) {
      at = this.#value(at, depth);
      if (at < 0) return -1;
      if (bytes[at] === 0x5d) return at + 1;
      if (bytes[at] !== COMMA) return -1;
    }
  }

  #value(start: number, depth: number): number {
    const first = this.#bytes[start];
    if (first === QUOTE) return this.#string(start);
    if (isNumberStart(first)) return numberEnd(this.#bytes, start);
    if (first === 0x7b) return this.object(start, depth + 1);
    if (first === 0x5b) return this.#array(start, depth + 1);
    const word = WORDS.find((letters) => letters[0] === first);
    if (word === undefined) return -1;
    return this.#is(start, start + word.length, word) ? start + word.length : -1;
  }

  /** A string without escapes and within ASCII: its order is the order of its bytes. */
  #key(start: number): number {
    const bytes = this.#bytes;
    if (bytes[start] !== QUOTE) return -1;
    let at = start + 1;
    while (at < bytes.length && IN_STRING[bytes[at] as number] === 1) at += 1;
    return bytes[at] === QUOTE ? at + 1 : -1;
  }

  #string(start: number): number {
    const bytes = this.#bytes;
    for (let at = start + 1; at < bytes.length; ) {
      const byte = bytes[at] as number;
      const kind = IN_STRING[byte];
      if (kind === 1) at += 1;
      else if (kind === 2) {
        this.beyondAscii = true;
        at += 1;
      } else if (byte === QUOTE) return at + 1;
      else {
        const length = escapeLength(bytes, at);
        if (length === 0) return -1;
        at += length;
      }
    }
    return -1;
  }

  /** Whether the bytes [start, end) are these. */
  #is(start: number, end: number, expected: ArrayLike<number>): boolean {
    if (end - start !== expected.length) return false;
    for (let i = 0; i < expected.length; i += 1) if (this.#bytes[start + i] !== expected[i]) return false;
    return true;
  }

  /** Whether the key at `second` comes after that at `first`; both start with their quote and hold none. */
  #rises(first: number, second: number): boolean {
    const bytes = this.#bytes;
    for (let i = 1; ; i += 1) {
      const [a, b] = [bytes[first + i] as number, bytes[second + i] as number];
      // The quote ends a key, and what is shorter comes first. No other byte may be taken for it.
      if (a === QUOTE) return b !== QUOTE;
      if (a !== b) return b !== QUOTE && a < b;
    }
  }
}
