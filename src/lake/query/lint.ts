import { ExhibitError } from '../../record/index.ts';
import { checkBlocks } from './blocks.ts';
import { checkDivision } from './division.ts';
import { type DialectProblem, problem, tokenAt } from './problem.ts';
import { checkTables } from './tables.ts';
import { type Token, tokenize } from './tokens.ts';
import { ENVIRONMENT, FORBIDDEN, FUNCTIONS, OPENERS, TIMESTAMPS } from './words.ts';

/** Longest text that Athena takes, in bytes. */
const MAX_BYTES = 262_144;

/**
 * Checks that a text is one SELECT in the common subset of Athena's dialect and DuckDB's. It looks at tokens, not at a grammar: what it
 * lets through may still be refused by an engine, with that engine's message; what it refuses would differ between the two, or would do more than read.
 */
export function lintDialect(sql: string): DialectProblem[] {
  if (new TextEncoder().encode(sql).length > MAX_BYTES) {
    return [{ line: 1, column: 1, message: `the text is longer than ${MAX_BYTES} bytes` }];
  }
  const tokens = tokenize(sql);
  const problems = [
    ...checkStatement(tokens),
    ...tokens.flatMap((_, at) => checkToken(tokens, at)),
    ...checkDivision(tokens),
    ...checkBlocks(tokens),
    ...checkTables(tokens),
  ];
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** @throws ExhibitError QUERY_INVALID with the first problem's line and column; details.problems has all */
export function assertDialect(sql: string, name: string): void {
  const problems = lintDialect(sql);
  const [first] = problems;
  if (first === undefined) return;
  const { line, column, message } = first;
  throw new ExhibitError('QUERY_INVALID', `${name}, line ${line}, column ${column}: ${message}`, {
    location: { file: name, line, column },
    details: { problems },
    hint: 'docs/reference/lake.md lists the dialect that Athena and DuckDB share.',
  });
}

function checkStatement(tokens: readonly Token[]): DialectProblem[] {
  const [first] = tokens;
  if (first === undefined || (first.text !== 'select' && first.text !== 'with')) {
    return [problem(tokenAt(tokens, 0), 'a query begins with SELECT or WITH')];
  }
  const semicolon = tokens.findIndex(({ kind, text }) => kind === 'symbol' && text === ';');
  const after = tokens[semicolon + 1];
  return semicolon >= 0 && after !== undefined && after.kind !== 'end'
    ? [problem(after, 'one statement only')]
    : [];
}

function checkToken(tokens: readonly Token[], at: number): DialectProblem[] {
  const token = tokenAt(tokens, at);
  const message = messageFor(
    token,
    tokenAt(tokens, at - 1),
    tokenAt(tokens, at + 1),
    tokenAt(tokens, at + 2),
  );
  return message === undefined ? [] : [problem(token, message)];
}

function messageFor(token: Token, before: Token, next: Token, later: Token): string | undefined {
  switch (token.kind) {
    case 'bad':
      return `${JSON.stringify(token.text)} is not part of the dialect`;
    case 'quoted':
      return quotedMessage(token, before, next, later);
    case 'symbol':
      return symbolMessage(token, before);
    case 'word':
      return wordMessage(token, before, next, later);
    case 'string':
    case 'integer':
    case 'decimal':
    case 'parameter':
    case 'end':
      return undefined;
  }
}

// Quotes make a keyword a name, but not a function less of a function.
function quotedMessage(token: Token, before: Token, next: Token, later: Token): string | undefined {
  const { text } = token;
  if (!/^[a-z_][a-z0-9_]*$/.test(text)) {
    return 'a quoted name has lower-case letters, digits and underscores only';
  }
  const names = isSymbol(before, '.') || isWord(before, 'as');
  return (names ? undefined : ENVIRONMENT.get(text)) ?? callMessage(token, before, next, later);
}

function callMessage(token: Token, before: Token, next: Token, later: Token): string | undefined {
  if (!isSymbol(next, '(')) return undefined;
  if (isSymbol(before, '.')) return 'a function is called by its name alone: f(x), not x.f() or schema.f(x)';
  const known = FUNCTIONS.has(token.text) || (token.kind === 'word' && OPENERS.has(token.text));
  if (known || isCteName(before, next, later)) return undefined;
  return `the function ${token.text} is not on the list of functions that both engines share`;
}

function symbolMessage({ text }: Token, before: Token): string | undefined {
  if (text === '::') return 'Athena has no ::, write CAST(x AS type)';
  if (text === '//') return 'Athena has no //, divide integers with CAST and floor()';
  if (text === '**' || text === '^') return 'write power(x, y)';
  if (text === '==') return 'write =';
  if (text === '->') return 'Athena has no ->: write json_extract_scalar(x, path)';
  if (text === '->>') return 'Athena has no ->>: write json_extract_scalar(x, path)';
  if (text === '[' && !isSubscript(before)) return 'Athena has no [...] lists: write ARRAY[...]';
  if (['{', '}', '@', '$', '`', '\\', '#', '&', '|', '~', '!', ':', '=>'].includes(text)) {
    return `${text} is not part of the dialect`;
  }
  return undefined;
}

// x[1], f(x)[1], x[1][2] and ARRAY[1, 2]; a list of its own stands after a keyword or a sign.
function isSubscript(before: Token): boolean {
  if (before.kind === 'word') return before.text === 'array' || !OPENERS.has(before.text);
  return before.kind === 'quoted' || before.text === ')' || before.text === ']';
}

function wordMessage(token: Token, before: Token, next: Token, later: Token): string | undefined {
  const { text } = token;
  if (isSymbol(before, '.')) return callMessage(token, before, next, later);
  const forbidden = FORBIDDEN.get(text);
  if (forbidden !== undefined) return forbidden;
  if ((text === 'exclude' || text === 'replace') && before.text === '*')
    return 'Athena has no SELECT * EXCLUDE or REPLACE';
  if (isSymbol(before, '(') && (text === 'from' || text === 'desc'))
    return 'a query begins with SELECT or WITH';
  if (text === 'on' && before.text === 'distinct') return 'Athena has no DISTINCT ON';
  if (text === 'all' && before.text === 'by') return 'Athena has no GROUP BY ALL or ORDER BY ALL';
  if (text === 'sample' && before.text === 'using') return 'sampling is not reproducible';
  if (text === 'at' && next.text === 'time' && later.text === 'zone') {
    return 'the engines differ on AT TIME ZONE: all times here are UTC';
  }
  if (text === 'ignore' && next.text === 'nulls') return 'the engines write IGNORE NULLS in different places';
  const call = callMessage(token, before, next, later);
  if (call !== undefined) return call;
  if (TIMESTAMPS.has(text) && isComparison(next.text) && later.kind === 'string') {
    return `compare ${text} with TIMESTAMP '...', not with a string`;
  }
  return undefined;
}

// WITH name (columns) AS, UNNEST(...) AS name (columns): a name with a list of columns behind it.
function isCteName(before: Token, next: Token, later: Token): boolean {
  const introduced = ['with', 'recursive', 'as'].some((word) => isWord(before, word));
  return introduced && isSymbol(next, '(') && (later.kind === 'word' || later.kind === 'quoted');
}

function isWord({ kind, text }: Token, word: string): boolean {
  return kind === 'word' && text === word;
}

function isSymbol({ kind, text }: Token, symbol: string): boolean {
  return kind === 'symbol' && text === symbol;
}

function isComparison(text: string): boolean {
  return ['=', '<', '>', '<=', '>=', '<>', '!=', 'between'].includes(text);
}
