import { isAscii, isUtf8 } from 'node:buffer';
import { ExhibitError, MAX_DEPTH } from '../../record/index.ts';
import type { Located } from '../types.ts';
import { Cutter, type Piece } from './split.ts';
import { parseText, strictText, tooDeep, tooLong } from './strict.ts';

/** Broken values in a row that are told one by one; what follows is told together, by its number. A report of the wrong kind is broken at each word. */
const MOST_BROKEN = 100;

const [NEWLINE, RETURN, OPEN, CLOSE] = [0x0a, 0x0d, 0x7b, 0x7d] as const;

/**
 * The values of a stream of JSON, parsed. A line that is one object by itself, as logs have them, is parsed where it lies; all else goes through the
 * cutter, which must look at each byte. What comes out is the same either way, and a property test holds it so.
 */
export class JsonValues {
  readonly #name: string;
  readonly #limit: number;
  readonly #byLine: boolean;
  readonly #cutter: Cutter;
  #index = 0;
  #broken = 0;
  /** Broken values that were not told yet: where the first and the last one stand. */
  #untold: { line: number; index: number; count: number; to: number } | undefined;

  /**
   * @param limit longest value in bytes
   * @param byLine whether most lines are expected to be one object
   */
  constructor(name: string, limit: number, byLine: boolean) {
    this.#name = name;
    this.#limit = limit;
    this.#byLine = byLine;
    this.#cutter = new Cutter(limit);
  }

  /** @param bytes UTF-8, attacker-controlled; any part of the stream */
  *take(bytes: Uint8Array): Generator<Located> {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    if (this.#byLine) {
      // Whole lines begin after the value that is under way.
      while (!this.#cutter.atLineStart && at < chunk.length) {
        const end = chunk.indexOf(NEWLINE, at) + 1 || chunk.length;
        yield* this.#cut(chunk.subarray(at, end));
        at = end;
      }
      const end = chunk.lastIndexOf(NEWLINE) + 1;
      if (end > at) {
        yield* this.#lines(chunk.subarray(at, end));
        at = end;
      }
    }
    if (at < chunk.length) yield* this.#cut(chunk.subarray(at));
  }

  *end(): Generator<Located> {
    for (const piece of this.#cutter.end()) yield* this.#pieces(piece);
    yield* this.#rest();
  }

  /** @param lines whole ones, from the start of a line on */
  *#lines(lines: Buffer): Generator<Located> {
    const ascii = isAscii(lines);
    const encoding = ascii || isUtf8(lines) ? (ascii ? 'latin1' : 'utf8') : undefined;
    for (let at = 0; at < lines.length; ) {
      const end = lines.indexOf(NEWLINE, at) + 1;
      const last = lines[end - 2] === RETURN ? end - 2 : end - 1;
      const usual = this.#cutter.atLineStart && lines[at] === OPEN && lines[last - 1] === CLOSE;
      const value =
        encoding !== undefined && usual && last - at <= this.#limit
          ? objectIn(lines.toString(encoding, at, last))
          : undefined;
      if (value === undefined) yield* this.#cut(lines.subarray(at, end));
      else {
        if (this.#broken > 0) yield* this.#rest();
        yield { value, line: this.#cutter.passLine(), index: this.#index };
        this.#index += 1;
      }
      at = end;
    }
  }

  *#cut(chunk: Buffer): Generator<Located> {
    for (const piece of this.#cutter.take(chunk)) yield* this.#pieces(piece);
  }

  *#pieces(piece: Piece): Generator<Located> {
    const index = this.#index;
    this.#index += 1;
    const many = this.#broken >= MOST_BROKEN;
    const read = many && !mayBeJson(piece.bytes) ? undefined : this.#located(piece, index);
    if (read !== undefined && read.error === undefined) {
      if (this.#broken > 0) yield* this.#rest();
      yield read;
      return;
    }
    this.#broken += 1;
    if (!many && read !== undefined) yield read;
    else {
      this.#untold ??= { line: piece.line, index, count: 0, to: piece.line };
      this.#untold.count += 1;
      this.#untold.to = piece.line;
    }
  }

  /** What was not told of broken values. */
  *#rest(): Generator<Located> {
    this.#broken = 0;
    if (this.#untold === undefined) return;
    const { line, index, count, to } = this.#untold;
    this.#untold = undefined;
    const error = new ExhibitError('INPUT_SYNTAX', `${count} more values up to line ${to} cannot be read`, {
      location: { file: this.#name, line },
      hint: 'The report may be damaged, or not be JSON.',
    });
    yield { line, index, error };
  }

  #located({ bytes, line, size, depth }: Piece, index: number): Located {
    if (bytes === undefined) return { line, index, error: tooLong(this.#name, line, size, this.#limit) };
    // What was cut has its depth counted already; the outermost brackets are not one.
    if (depth > MAX_DEPTH + 1) return { line, index, error: tooDeep(this.#name, line) };
    try {
      return { value: parseText(strictText(bytes, this.#name), this.#name, line), line, index };
    } catch (error) {
      if (!(error instanceof ExhibitError)) throw error;
      return { line, index, error };
    }
  }
}

/** Whether bytes begin as JSON does (RFC 8259 section 3), or with what only decoding tells. */
function mayBeJson(bytes: Buffer | undefined): boolean {
  const first = bytes?.[0];
  return first !== undefined && (first >= 0x80 || '{["-0123456789tfn'.includes(String.fromCharCode(first)));
}

/** The object that a line is; undefined where the cutter must look at it. */
function objectIn(text: string): unknown {
  if (!isSurelyFlat(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** With no more brackets than that, also counting those in texts, it cannot be nested too deep. */
function isSurelyFlat(text: string): boolean {
  let opened = 0;
  for (const bracket of ['{', '['])
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      opened += 1;
      if (opened > MAX_DEPTH) return false;
    }
  return true;
}
