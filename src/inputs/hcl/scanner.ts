/** What is wrong in an HCL file, and where. */
export class HclError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const NAME = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const HEREDOC = /<<(-?)([\p{ID_Start}_][\p{ID_Continue}-]*)[ \t]*\r?\n/uy;
const OPEN = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);

/** Walks over the text of an HCL file. @see HCL Native Syntax Specification, "Lexical Elements" */
export class Scanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get character(): string {
    return this.text[this.at] ?? '';
  }

  fail(message: string, offset = this.at): never {
    throw new HclError(message, offset);
  }

  name(): string | undefined {
    NAME.lastIndex = this.at;
    const found = NAME.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  /** Passes over blanks and comments; over line ends only where they mean nothing. */
  blanks(lines: boolean): void {
    for (;;) {
      const character = this.character;
      if (character === ' ' || character === '\t' || (lines && (character === '\n' || character === '\r')))
        this.at += 1;
      else if (character === '\r' && this.text[this.at + 1] === '\n' && !lines) return;
      else if (!this.#comment()) return;
    }
  }

  /** A comment to the end of its line leaves the line end. */
  #comment(): boolean {
    if (this.character === '#' || this.text.startsWith('//', this.at)) {
      const end = this.text.indexOf('\n', this.at);
      this.at = end < 0 ? this.text.length : end;
      return true;
    }
    if (!this.text.startsWith('/*', this.at)) return false;
    const end = this.text.indexOf('*/', this.at + 2);
    if (end < 0) this.fail('a comment does not end');
    this.at = end + 2;
    return true;
  }

  /** The mark of a heredoc that begins here, after which its text begins. */
  heredoc(): { indented: boolean; mark: string } | undefined {
    HEREDOC.lastIndex = this.at;
    const found = HEREDOC.exec(this.text);
    if (found === null) return undefined;
    this.at += found[0].length;
    return { indented: found[1] === '-', mark: found[2] ?? '' };
  }

  /** Lines of a heredoc whose text begins here; afterwards stands at the end of its last line. */
  heredocLines(mark: string): string[] {
    const start = this.at;
    const lines: string[] = [];
    while (this.at < this.text.length) {
      const next = this.text.indexOf('\n', this.at);
      const end = next < 0 ? this.text.length : next;
      const line = this.text.slice(this.at, end);
      if (line.trim() === mark) {
        this.at = line.endsWith('\r') ? end - 1 : end;
        return lines;
      }
      lines.push(line.replace(/\r$/, ''));
      this.at = end + 1;
    }
    return this.fail(`a heredoc does not end with ${mark}`, start);
  }

  /** Passes over an expression of any kind, up to a character at its own level that ends it. */
  skipExpression(ends: (character: string) => boolean): void {
    const closing: string[] = [];
    while (this.at < this.text.length) {
      const character = this.character;
      if (closing.length === 0 && ends(character)) return;
      if (character === closing.at(-1)) {
        closing.pop();
        this.at += 1;
      } else if (OPEN.has(character)) {
        closing.push(OPEN.get(character) ?? '');
        this.at += 1;
      } else if (')]}'.includes(character)) this.fail('a bracket is closed that was not opened');
      else if (closing.length === 0 && this.#assigns()) this.fail('an attribute begins before the line ends');
      else if (character === '"') this.skipString();
      else {
        const heredoc = this.heredoc();
        if (heredoc !== undefined) this.heredocLines(heredoc.mark);
        else if (!this.#comment()) this.at += 1;
      }
    }
    if (closing.length > 0) this.fail(`${closing.at(-1)} is missing`);
  }

  /** An equals sign that is no part of an operator. */
  #assigns(): boolean {
    const { text, at } = this;
    if (text[at] !== '=') return false;
    return !'=!<>'.includes(text[at - 1] ?? ' ') && !'=>'.includes(text[at + 1] ?? ' ');
  }

  /** Passes over a quoted string with its interpolations. */
  skipString(): void {
    const start = this.at;
    this.at += 1;
    while (this.at < this.text.length) {
      const character = this.character;
      if (character === '"') {
        this.at += 1;
        return;
      }
      if (character === '\n') break;
      if (character === '\\') this.at += 2;
      else if (!this.interpolation()) this.at += 1;
    }
    this.fail('a text does not end', start);
  }

  /** Passes over `${...}` or `%{...}` if one begins here. `$${` is text. */
  interpolation(): boolean {
    const { text, at } = this;
    const character = this.character;
    if ((character !== '$' && character !== '%') || text[at + 1] === undefined) return false;
    if (text[at + 1] === character && text[at + 2] === '{') {
      this.at += 3;
      return true;
    }
    if (text[at + 1] !== '{') return false;
    this.at += 2;
    this.skipExpression((one) => one === '}');
    if (this.character !== '}') this.fail('an interpolation does not end', at);
    this.at += 1;
    return true;
  }
}
