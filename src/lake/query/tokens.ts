/** One token of a SQL text. Line and column from 1. */
export interface Token {
  kind: 'word' | 'quoted' | 'string' | 'integer' | 'decimal' | 'symbol' | 'parameter' | 'end' | 'bad';
  /** Words in lower case; a quoted name and a string without their quotes. */
  text: string;
  line: number;
  column: number;
  /** How many parentheses are open before the token. */
  depth: number;
}

// In order: the first that fits wins. Comments and space are dropped, but counted for positions. A text that the engine would cut into
// other tokens than these could hide code from the lint, so what engines cut in different ways is `bad`: a comment in a comment (nested in
// DuckDB, not in Trino), strings with a prefix (E'\'' ends elsewhere), other space than SQL's, NUL. A carriage return ends a `--` comment.
const RULES: readonly [Token['kind'] | 'skip', RegExp][] = [
  ['skip', /[ \t\n\r\f]+/y],
  ['skip', /--[^\n\r\0]*/y],
  ['skip', /\/\*(?:[^/*\0]|\*(?!\/)|\/(?!\*))*\*\//y],
  ['bad', /\/\*/y],
  ['bad', /(?:[A-Za-z]|[Uu]&)'/y],
  ['string', /'(?:[^'\0]|'')*'/y],
  ['quoted', /"(?:[^"]|"")*"/y],
  ['decimal', /(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+/y],
  ['integer', /[0-9]+/y],
  ['word', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['parameter', /\?/y],
  ['symbol', /::|\/\/|<=|>=|<>|!=|\|\||->>|->|=>|==|\*\*|[-+*/%(),.;=<>[\]:{}@$&|^~!#\\`]/y],
];

/** Splits a SQL text into tokens. Linear in its length; the text is attacker-controlled. The last token is always `end`. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  let lineStart = 0;
  let depth = 0;
  while (at < sql.length) {
    const found = match(sql, at);
    const place = { line, column: at - lineStart + 1 };
    if (found.text === ')') depth = Math.max(0, depth - 1);
    if (found.kind !== 'skip') tokens.push({ kind: found.kind, text: plain(found), ...place, depth });
    if (found.text === '(') depth += 1;
    for (let i = at; i < at + found.text.length; i += 1) {
      if (sql.charCodeAt(i) === 10) {
        line += 1;
        lineStart = i + 1;
      }
    }
    at += found.text.length;
  }
  tokens.push({ kind: 'end', text: '', line, column: at - lineStart + 1, depth });
  return tokens;
}

function match(sql: string, at: number): { kind: Token['kind'] | 'skip'; text: string } {
  for (const [kind, rule] of RULES) {
    rule.lastIndex = at;
    const found = rule.exec(sql);
    if (found !== null) return { kind, text: found[0] };
  }
  return { kind: 'bad', text: sql.slice(at, at + 1) };
}

function plain({ kind, text }: { kind: Token['kind'] | 'skip'; text: string }): string {
  if (kind === 'word') return text.toLowerCase();
  if (kind === 'string') return text.slice(1, -1).replaceAll("''", "'");
  if (kind === 'quoted') return text.slice(1, -1).replaceAll('""', '"');
  return text;
}
