/** A block or attribute of an HCL file, with where it starts. Values are not read: only positions are needed. */
export interface HclItem {
  kind: 'block' | 'attribute';
  /** Block type or attribute name. */
  name: string;
  /** Labels of a block: `resource "aws_vpc" "main"` has two. */
  labels: string[];
  offset: number;
  /** What is inside a block. */
  items: HclItem[];
}

/** Blocks nested deeper are passed over: no provider has such a schema. */
const DEEPEST = 40;
const NAME = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const HEREDOC = /<<-?([\p{ID_Start}_][\p{ID_Continue}-]*)[ \t]*\r?\n/uy;

/**
 * Blocks and attributes of an HCL file, as far as it can be followed. Never throws: what is not understood is passed over.
 * Knows comments (`#`, `//`, block), strings with interpolation, heredocs and brackets.
 * @param text attacker-controlled
 * @see HCL Native Syntax Specification, "Structural Elements" and "Lexical Elements"
 */
export function hclItems(text: string): HclItem[] {
  return new Scanner(text).body(0);
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Items up to the closing brace, or the end of the text. */
  body(depth: number): HclItem[] {
    const items: HclItem[] = [];
    while (this.#at < this.#text.length) {
      if (this.#skipped()) continue;
      if (this.#text[this.#at] === '}') break;
      const offset = this.#at;
      const name = this.#match(NAME)?.[0];
      if (name === undefined) this.#at += 1;
      else {
        const item = this.#item(name, offset, depth);
        if (item !== undefined) items.push(item);
      }
    }
    this.#at += 1;
    return items;
  }

  #item(name: string, offset: number, depth: number): HclItem | undefined {
    const labels: string[] = [];
    for (;;) {
      this.#spaces();
      const character = this.#text[this.#at];
      if (character === '=' && labels.length === 0) {
        this.#at += 1;
        this.#expression();
        return { kind: 'attribute', name, labels, offset, items: [] };
      }
      if (character === '{') {
        this.#at += 1;
        if (depth < DEEPEST) return { kind: 'block', name, labels, offset, items: this.body(depth + 1) };
        this.#brackets(1);
        return undefined;
      }
      const label = character === '"' ? this.#string() : this.#match(NAME)?.[0];
      if (label === undefined) return undefined;
      labels.push(label);
    }
  }

  /** Passes over an attribute's value: to the end of its line, or to the brace that closes a one-line block. */
  #expression(): void {
    let depth = 0;
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at] as string;
      if (depth === 0 && (character === '\n' || character === '}')) return;
      if (this.#comment() || this.#heredoc()) continue;
      if (character === '"') {
        this.#string();
        continue;
      }
      if ('([{'.includes(character)) depth += 1;
      if (')]}'.includes(character)) depth -= 1;
      this.#at += 1;
    }
  }

  /** Passes over text until so many open brackets are closed. */
  #brackets(open: number): void {
    for (let depth = open; depth > 0 && this.#at < this.#text.length; ) {
      if (this.#comment() || this.#heredoc()) continue;
      const character = this.#text[this.#at] as string;
      if (character === '"') {
        this.#string();
        continue;
      }
      if ('([{'.includes(character)) depth += 1;
      if (')]}'.includes(character)) depth -= 1;
      this.#at += 1;
    }
  }

  /** Passes over a quoted string and returns its text as written. Interpolations may hold strings in turn. */
  #string(): string {
    const start = this.#at + 1;
    // One entry for each open string; the number of braces that are open in its interpolation.
    const open: number[] = [0];
    this.#at = start;
    while (this.#at < this.#text.length && open.length > 0) {
      const character = this.#text[this.#at];
      const braces = open.at(-1) ?? 0;
      const inText = braces === 0;
      if (inText && character === '\\') this.#at += 1;
      else if (inText && (character === '$' || character === '%') && this.#text[this.#at + 1] === '{') {
        // `$${` is the text `${`.
        if (this.#text[this.#at - 1] !== character) open[open.length - 1] = 1;
        this.#at += 1;
      } else if (inText && character === '"') open.pop();
      else if (inText && character === '\n') return this.#text.slice(start, this.#at);
      else if (!inText && character === '"') open.push(0);
      else if (!inText && character === '{') open[open.length - 1] = braces + 1;
      else if (!inText && character === '}') open[open.length - 1] = braces - 1;
      this.#at += 1;
    }
    return this.#text.slice(start, this.#at - 1);
  }

  #heredoc(): boolean {
    if (this.#text[this.#at] !== '<') return false;
    const mark = this.#match(HEREDOC)?.[1];
    if (mark === undefined) return false;
    while (this.#at < this.#text.length) {
      const end = this.#lineEnd();
      const line = this.#text.slice(this.#at, end).trim();
      this.#at = line === mark ? end : end + 1;
      if (line === mark) break;
    }
    return true;
  }

  #comment(): boolean {
    const two = this.#text.slice(this.#at, this.#at + 2);
    if (two.startsWith('#') || two === '//') this.#at = this.#lineEnd();
    else if (two === '/*') {
      const end = this.#text.indexOf('*/', this.#at + 2);
      this.#at = end < 0 ? this.#text.length : end + 2;
    } else return false;
    return true;
  }

  #skipped(): boolean {
    const start = this.#at;
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    return this.#comment() || this.#at > start;
  }

  #spaces(): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at += 1;
  }

  #lineEnd(): number {
    const end = this.#text.indexOf('\n', this.#at);
    return end < 0 ? this.#text.length : end;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found !== undefined) this.#at = pattern.lastIndex;
    return found;
  }
}
