import { fail } from './operands.ts';

/** A part of a glob, over code points. */
export type Glob =
  | { readonly kind: 'text'; readonly text: readonly string[] }
  | { readonly kind: 'one' }
  | { readonly kind: 'star'; readonly across: boolean }
  | { readonly kind: 'class'; readonly not: boolean; readonly has: (char: string) => boolean }
  | { readonly kind: 'either'; readonly of: readonly (readonly Glob[])[] };

/**
 * Reads a glob as the library does that OPA uses.
 * @throws OperandError for what that library refuses
 * @see https://github.com/gobwas/glob syntax/lexer.go, parse.go, v1.0.0
 */
export function parseGlob(pattern: string): Glob[] {
  const reader = new Reader([...pattern]);
  const parts = reader.sequence(0);
  return reader.done ? parts : fail('unexpected }');
}

class Reader {
  readonly #chars: readonly string[];
  #at = 0;

  constructor(chars: readonly string[]) {
    this.#chars = chars;
  }

  get done(): boolean {
    return this.#at >= this.#chars.length;
  }

  /** Up to the end, or up to `,` or `}` within braces. */
  sequence(level: number): Glob[] {
    const out: Glob[] = [];
    while (!this.done) {
      const char = this.#chars[this.#at];
      if (level > 0 && (char === ',' || char === '}')) break;
      out.push(this.#part(level));
    }
    return out;
  }

  #part(level: number): Glob {
    switch (this.#chars[this.#at]) {
      case '{':
        return this.#either(level + 1);
      case '[':
        this.#at += 1;
        return this.#class();
      case '?':
        this.#at += 1;
        return { kind: 'one' };
      case '*': {
        const across = this.#chars[this.#at + 1] === '*';
        this.#at += across ? 2 : 1;
        return { kind: 'star', across };
      }
      default:
        return { kind: 'text', text: this.#text(level > 0 ? '?*[{},' : '?*[{') };
    }
  }

  #either(level: number): Glob {
    const of: Glob[][] = [];
    do {
      this.#at += 1;
      of.push(this.sequence(level));
    } while (this.#chars[this.#at] === ',');
    if (this.done) fail('unclosed {');
    this.#at += 1;
    return { kind: 'either', of };
  }

  #text(breakers: string): string[] {
    const out: string[] = [];
    for (; !this.done; this.#at += 1) {
      let char = this.#chars[this.#at] ?? '';
      if (breakers.includes(char)) break;
      if (char === '\\') {
        this.#at += 1;
        char = this.#chars[this.#at] ?? fail('trailing backslash');
      }
      out.push(char);
    }
    return out;
  }

  #class(): Glob {
    const not = this.#chars[this.#at] === '!';
    if (not) this.#at += 1;
    const has = this.#chars[this.#at + 1] === '-' ? this.#range() : this.#set();
    if (this.#chars[this.#at] !== ']') fail('unclosed [');
    this.#at += 1;
    return { kind: 'class', not, has };
  }

  #range(): (char: string) => boolean {
    const [low, high] = [this.#chars[this.#at], this.#chars[this.#at + 2]].map((char) =>
      char?.codePointAt(0),
    );
    this.#at += 3;
    if (low === undefined || high === undefined || high < low) return fail('not a range');
    return (char) => {
      const code = char.codePointAt(0) ?? 0;
      return low <= code && code <= high;
    };
  }

  #set(): (char: string) => boolean {
    const chars = new Set(this.#text(']'));
    return chars.size === 0 ? fail('an empty class') : (char) => chars.has(char);
  }
}
