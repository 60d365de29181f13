import { exactNumber } from '../../record/index.ts';
import type { Scanner } from './scanner.ts';

/** Where the members of an object and the items of a list stand. */
export type Places = WeakMap<object, Map<string | number, number>>;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
const DEEPEST = 100;

/** Not a literal: the expression as a whole is kept as text. */
const COMPLEX = Symbol('complex');

/**
 * Reads expressions. A literal becomes its value; any other expression becomes the text `${...}`, in a template in its place:
 * the JSON form of hcl2json and Conftest. Nothing is computed, so what is not a literal is never taken for a value.
 */
export class Values {
  readonly #scan: Scanner;
  readonly #places: Places;
  #depth = 0;

  constructor(scan: Scanner, places: Places) {
    this.#scan = scan;
    this.#places = places;
  }

  /**
   * @param ends whether a character ends the expression
   * @param lines whether line ends mean nothing here
   */
  expression(ends: (character: string) => boolean, lines: boolean): unknown {
    const scan: Scanner = this.#scan;
    scan.blanks(lines);
    const start = scan.at;
    const value = this.#literal();
    if (value !== COMPLEX) {
      scan.blanks(lines);
      if (scan.at >= scan.text.length || ends(scan.character)) return value;
    }
    scan.at = start;
    scan.skipExpression(ends);
    const source = scan.text.slice(start, scan.at).trim();
    if (source === '') scan.fail('a value is missing');
    return `\${${source}}`;
  }

  #literal(): unknown {
    const scan: Scanner = this.#scan;
    const character = scan.character;
    if (character === '"') return this.#text();
    if (character === '[') return this.#nested(() => this.#list());
    if (character === '{') return this.#nested(() => this.#object());
    if (character === '<') return this.#heredoc();
    if (character === '-' || (character >= '0' && character <= '9')) return this.#number();
    switch (scan.name()) {
      case 'true':
        return true;
      case 'false':
        return false;
      case 'null':
        return null;
      default:
        return COMPLEX;
    }
  }

  #nested(read: () => unknown): unknown {
    this.#depth += 1;
    if (this.#depth > DEEPEST) this.#scan.fail('values are nested too deep');
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #number(): unknown {
    NUMBER.lastIndex = this.#scan.at;
    const text = NUMBER.exec(this.#scan.text)?.[0];
    if (text === undefined) return COMPLEX;
    this.#scan.at += text.length;
    const value = Number(text);
    // Beyond what a number can be: JSON would say null, which is a value that was left out.
    if (!Number.isFinite(value)) return COMPLEX;
    return Number.isSafeInteger(value) || (!Number.isInteger(value) && text.length < 16)
      ? value
      : exactNumber(text);
  }

  /** A quoted template: its text, with interpolations as they are written. */
  #text(): unknown {
    const scan: Scanner = this.#scan;
    const start = scan.at;
    let value = '';
    scan.at += 1;
    while (scan.at < scan.text.length && scan.character !== '\n') {
      const from = scan.at;
      if (scan.character === '"') {
        scan.at += 1;
        return value;
      }
      if (scan.character === '\\') value += this.#escape();
      else if (scan.interpolation()) value += scan.text.slice(from, scan.at);
      else {
        value += scan.character;
        scan.at += 1;
      }
    }
    return scan.fail('a text does not end', start);
  }

  #escape(): string {
    const scan: Scanner = this.#scan;
    const kind = scan.text[scan.at + 1] ?? '';
    const hex = kind === 'u' ? 4 : kind === 'U' ? 8 : 0;
    if (hex > 0) {
      const digits = scan.text.slice(scan.at + 2, scan.at + 2 + hex);
      const point = /^[0-9a-fA-F]+$/.test(digits) && digits.length === hex ? Number.parseInt(digits, 16) : -1;
      if (point < 0 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        scan.fail('an escape names no character');
      scan.at += 2 + hex;
      return String.fromCodePoint(point);
    }
    const value = ESCAPES[kind];
    if (value === undefined) scan.fail('a text has an escape that HCL does not know');
    scan.at += 2;
    return value;
  }

  #heredoc(): unknown {
    const found = this.#scan.heredoc();
    if (found === undefined) return COMPLEX;
    const lines = this.#scan.heredocLines(found.mark);
    const indents = lines
      .filter((line) => line.trim() !== '')
      .map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
    const cut = found.indented && indents.length > 0 ? Math.min(...indents) : 0;
    return lines.map((line) => `${line.slice(cut)}\n`).join('');
  }

  #list(): unknown {
    const scan: Scanner = this.#scan;
    const items: unknown[] = [];
    const places = new Map<string | number, number>();
    scan.at += 1;
    for (;;) {
      scan.blanks(true);
      if (scan.character === ']') {
        scan.at += 1;
        this.#places.set(items, places);
        return items;
      }
      if (items.length === 0 && this.#isFor()) return COMPLEX;
      places.set(items.length, scan.at);
      items.push(this.expression((one) => one === ',' || one === ']', true));
      scan.blanks(true);
      if (scan.character === ',') scan.at += 1;
      else if (scan.character !== ']') scan.fail('] is missing');
    }
  }

  #object(): unknown {
    const scan: Scanner = this.#scan;
    const members: Record<string, unknown> = {};
    const places = new Map<string | number, number>();
    scan.at += 1;
    for (;;) {
      scan.blanks(true);
      if (scan.character === '}') {
        scan.at += 1;
        this.#places.set(members, places);
        return members;
      }
      if (places.size === 0 && this.#isFor()) return COMPLEX;
      const offset = scan.at;
      const key = scan.character === '"' ? this.#text() : scan.name();
      scan.blanks(false);
      // A key that is an expression, or that another one follows.
      if (typeof key !== 'string' || /[$%]\{/.test(key) || !'=:'.includes(scan.character || ' '))
        return COMPLEX;
      scan.at += 1;
      if (places.has(key)) scan.fail(`${JSON.stringify(key)} is there twice`, offset);
      places.set(key, offset);
      const value = this.expression(
        (one) => one === ',' || one === '\n' || one === '}' || one === '\r',
        false,
      );
      Object.defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
      scan.blanks(false);
      if (scan.character === ',') scan.at += 1;
    }
  }

  /** `[for ...]` and `{for ...}` are computed. */
  #isFor(): boolean {
    return /^for[ \t\r\n]/.test(this.#scan.text.slice(this.#scan.at, this.#scan.at + 4));
  }
}
