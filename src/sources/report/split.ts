/** A JSON value cut out of a stream, not parsed yet. */
export interface Piece {
  /** Undefined where the value is longer than the limit: it was passed over. */
  bytes: Buffer | undefined;
  /** Line on which it begins, from 1. */
  line: number;
  /** How many bytes it has. */
  size: number;
  /** Most brackets that are open at once. */
  depth: number;
}

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, COMMA, NEWLINE] = [
  0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c, 0x0a,
] as const;

/** What a byte means between two texts of a value; 0 for most. */
const KIND = new Uint8Array(256);
const [IS_QUOTE, IS_OPEN, IS_CLOSE, IS_NEWLINE] = [1, 2, 3, 4] as const;
KIND[QUOTE] = IS_QUOTE;
KIND[OPEN] = IS_OPEN;
KIND[OPEN_LIST] = IS_OPEN;
KIND[CLOSE] = IS_CLOSE;
KIND[CLOSE_LIST] = IS_CLOSE;
KIND[NEWLINE] = IS_NEWLINE;
/** Longer texts are searched by the runtime, which is faster from here on. */
const SHORT_TEXT = 48;

/**
 * Cuts a stream into its JSON values: the items of one array around everything, or values one after the other (JSON lines,
 * concatenated, RFC 7464 text sequences). It looks only at quotes and brackets; each piece is then parsed strictly by whoever takes it.
 * Memory is that of the longest value.
 * @param chunks UTF-8; attacker-controlled
 * @param limit longest value in bytes
 */
export async function* splitJson(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Piece> {
  const cutter = new Cutter(limit);
  for await (const chunk of chunks) for (const piece of cutter.take(chunk)) yield piece;
  for (const piece of cutter.end()) yield piece;
}

/** The state between chunks. The bytes of a piece may be part of the chunk that was given last: they hold until the next one is taken. */
export class Cutter {
  readonly #limit: number;
  /** Parts of the value that is under way, from chunks before this one. */
  #parts: Buffer[] = [];
  #size = 0;
  #inside = false;
  #inText = false;
  #escaped = false;
  /** Brackets that are open within the value, and the most that were. */
  #depth = 0;
  #deepest = 0;
  /** The array around everything: not known, in it, none, or over. */
  #list: 'unknown' | 'in' | 'none' | 'over' = 'unknown';
  #line = 1;
  #start = 1;
  #lineStart = true;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether the next byte is the first of a line, and of no value that is under way. */
  get atLineStart(): boolean {
    return this.#lineStart && !this.#inside;
  }

  /** Passes over a line that is known to be one value. @returns its number */
  passLine(): number {
    if (this.#list === 'unknown') this.#list = 'none';
    this.#line += 1;
    return this.#line - 1;
  }

  *take(bytes: Uint8Array): Generator<Piece> {
    if (bytes.length > 0) this.#lineStart = bytes[bytes.length - 1] === NEWLINE;
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let from = this.#inside ? 0 : -1;
    let at = 0;
    while (at < chunk.length) {
      if (this.#inText || this.#depth > 0) {
        at = this.#within(chunk, at);
        if (this.#inText || this.#depth > 0) break;
        // The text was the whole value, or a key of something that is no JSON: what follows tells.
        if (chunk[at - 1] === QUOTE) continue;
        yield this.#piece(chunk.subarray(from, at));
        from = -1;
        continue;
      }
      const byte = chunk[at] as number;
      at += 1;
      if (byte <= 0x20 || byte === 0x1e) {
        if (byte === NEWLINE) this.#line += 1;
        // A bare word or number ends at white space.
        if (this.#inside) {
          yield this.#piece(chunk.subarray(from, at - 1));
          from = -1;
        }
        continue;
      }
      if (!this.#inside) {
        if (byte === OPEN_LIST && this.#list === 'unknown') {
          this.#list = 'in';
          continue;
        }
        if (this.#list === 'in' && (byte === COMMA || byte === CLOSE_LIST)) {
          if (byte === CLOSE_LIST) this.#list = 'over';
          continue;
        }
        if (this.#list === 'unknown') this.#list = 'none';
        this.#inside = true;
        this.#start = this.#line;
        from = at - 1;
      } else if ((byte === COMMA || byte === CLOSE_LIST) && this.#list === 'in') {
        yield this.#piece(chunk.subarray(from, at - 1));
        from = -1;
        if (byte === CLOSE_LIST) this.#list = 'over';
        continue;
      }
      if (byte === QUOTE) this.#inText = true;
      else if (byte === OPEN || byte === OPEN_LIST) {
        this.#depth = 1;
        this.#deepest = Math.max(this.#deepest, 1);
      } else if (byte === CLOSE || byte === CLOSE_LIST) {
        yield this.#piece(chunk.subarray(from, at));
        from = -1;
      }
    }
    if (this.#inside && from >= 0) this.#keep(chunk.subarray(from));
  }

  *end(): Generator<Piece> {
    if (this.#inside) yield this.#piece(Buffer.alloc(0));
    // An array that does not end: what was read of it may not be all.
    else if (this.#list === 'in') yield { bytes: Buffer.from('['), line: this.#line, size: 1, depth: 1 };
  }

  /**
   * Goes on within a text or within brackets; back after the text or bracket that ends them, or at the end of the chunk. Most of the time
   * of reading JSON is spent here and in the parser: state is in local variables.
   */
  #within(chunk: Buffer, start: number): number {
    const length = chunk.length;
    let at = start;
    let depth = this.#depth;
    let deepest = this.#deepest;
    let line = this.#line;
    let inText = this.#inText;
    while (at < length) {
      if (inText) {
        at = this.#textEnd(chunk, at);
        inText = this.#inText;
        if (inText || depth === 0) break;
      }
      let kind = 0;
      while (at < length && kind === 0) kind = KIND[chunk[at++] as number] as number;
      if (kind === IS_QUOTE) {
        // Keys and words are short.
        const last = Math.min(length, at + SHORT_TEXT);
        let byte = 0;
        while (at < last) {
          byte = chunk[at++] as number;
          if (byte === QUOTE || byte === BACKSLASH) break;
        }
        if (byte === QUOTE) continue;
        if (byte === BACKSLASH) at -= 1;
        inText = true;
        this.#inText = true;
      } else if (kind === IS_NEWLINE) line += 1;
      else if (kind === IS_OPEN) {
        depth += 1;
        if (depth > deepest) deepest = depth;
      } else if (kind === IS_CLOSE) {
        depth -= 1;
        if (depth === 0) break;
      }
    }
    this.#depth = depth;
    this.#deepest = deepest;
    this.#line = line;
    return at;
  }

  /** Where to go on after the text, or the end of the chunk. */
  #textEnd(chunk: Buffer, start: number): number {
    let at = start;
    if (this.#escaped) {
      this.#escaped = false;
      at += 1;
    }
    for (;;) {
      const quote = chunk.indexOf(QUOTE, at);
      const end = quote < 0 ? chunk.length : quote;
      let slashes = 0;
      while (end - 1 - slashes >= at && chunk[end - 1 - slashes] === BACKSLASH) slashes += 1;
      if (quote < 0) {
        this.#escaped = slashes % 2 === 1;
        return chunk.length;
      }
      at = quote + 1;
      if (slashes % 2 === 0) {
        this.#inText = false;
        return at;
      }
    }
  }

  #keep(part: Buffer): void {
    this.#size += part.length;
    if (this.#size <= this.#limit) this.#parts.push(Buffer.from(part));
    else this.#parts = [];
  }

  #piece(last: Buffer): Piece {
    const size = this.#size + last.length;
    const parts = this.#parts.length === 0 ? undefined : [...this.#parts, last];
    const piece: Piece = {
      bytes: size > this.#limit ? undefined : parts === undefined ? last : Buffer.concat(parts),
      line: this.#start,
      size,
      depth: this.#deepest,
    };
    this.#parts = [];
    this.#size = 0;
    this.#inside = false;
    this.#inText = false;
    this.#escaped = false;
    this.#depth = 0;
    this.#deepest = 0;
    return piece;
  }
}
