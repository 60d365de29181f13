/** An expression of a template: what stands between `[` and `]` of a text. */
export type Expression =
  | { type: 'literal'; value: string | number }
  | { type: 'call'; name: string; args: Expression[] }
  | { type: 'member'; of: Expression; key: Expression; optional: boolean };

/** Levels that are read; no template that people or Bicep write comes near. */
const MOST_LEVELS = 200;

/** Whether a text is an expression. `[[` begins a text with a bracket. */
export const isExpression = (text: string): boolean =>
  text.startsWith('[') && text.endsWith(']') && !text.startsWith('[[');

/**
 * Reads an expression.
 * @param text with its brackets
 * @returns undefined where it is none that we know: then its value is unknown
 * @see Microsoft, "Syntax and expressions in ARM templates"
 */
export function parseExpression(text: string): Expression | undefined {
  try {
    const parser = new Parser(text.slice(1, -1));
    const expression = parser.expression(0);
    return parser.ended ? expression : undefined;
  } catch (error) {
    if (error instanceof NoExpression) return undefined;
    throw error;
  }
}

class NoExpression extends Error {}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get ended(): boolean {
    this.#take(/\s*/y);
    return this.#at === this.#text.length;
  }

  expression(level: number): Expression {
    if (level > MOST_LEVELS) throw new NoExpression();
    let left = this.#primary(level);
    for (;;) {
      const dot = this.#take(/\s*\.\s*(\??)\s*([A-Za-z_][A-Za-z0-9_]*)/y);
      if (dot !== undefined) {
        left = {
          type: 'member',
          of: left,
          key: { type: 'literal', value: dot[2] ?? '' },
          optional: dot[1] === '?',
        };
        continue;
      }
      const bracket = this.#take(/\s*\[(\??)/y);
      if (bracket === undefined) return left;
      const key = this.expression(level + 1);
      this.#need(/\s*\]/y);
      left = { type: 'member', of: left, key, optional: bracket[1] === '?' };
    }
  }

  #primary(level: number): Expression {
    const text = this.#take(/\s*'((?:[^']|'')*)'/y);
    if (text !== undefined) return { type: 'literal', value: (text[1] ?? '').replaceAll("''", "'") };
    const number = this.#take(/\s*(-?\d+)(?![\w.])/y);
    if (number !== undefined) return { type: 'literal', value: Number(number[1]) };
    const name = this.#need(/\s*([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)\s*\(/y)[1] ?? '';
    const args: Expression[] = [];
    if (this.#take(/\s*\)/y) !== undefined) return { type: 'call', name, args };
    do args.push(this.expression(level + 1));
    while (this.#take(/\s*,/y) !== undefined);
    this.#need(/\s*\)/y);
    return { type: 'call', name, args };
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  #need(pattern: RegExp): RegExpExecArray {
    const found = this.#take(pattern);
    if (found === undefined) throw new NoExpression();
    return found;
  }
}
