import { ExhibitError } from '../../record/index.ts';
import { checkBlocks } from './blocks.ts';
import { checkDivision } from './division.ts';
import { type DialectProblem, problem, tokenAt } from './problem.ts';
import { type Token, tokenize } from './tokens.ts';
import { FORBIDDEN, FUNCTIONS, OPENERS, TIMESTAMPS } from './words.ts';

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
      return /^[a-z_][a-z0-9_]*$/.test(token.text)
        ? undefined
        : 'a quoted name has lower-case letters, digits and underscores only';
    case 'string':
      return stringMessage(before);
    case 'symbol':
      return symbolMessage(token, before, next);
    case 'word':
      return wordMessage(token, before, next, later);
    case 'integer':
    case 'decimal':
    case 'parameter':
    case 'end':
      return undefined;
  }
}

function stringMessage(before: Token): string | undefined {
  if (before.text === 'from' || before.text === 'join') return 'a file is not a table: query the views';
  return undefined;
}

function symbolMessage({ text }: Token, before: Token, next: Token): string | undefined {
  if (text === '::') return 'Athena has no ::, write CAST(x AS type)';
  if (text === '//') return 'Athena has no //, divide integers with CAST and floor()';
  if (text === '**' || text === '^') return 'write power(x, y)';
  if (text === '==') return 'write =';
  if (text === '->' && next.kind === 'string') return 'Athena has no ->: write json_extract_scalar(x, path)';
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
  if (before.text === '.' && next.text !== '(') return undefined;
  const forbidden = FORBIDDEN.get(text);
  if (forbidden !== undefined) return forbidden;
  if ((text === 'exclude' || text === 'replace') && before.text === '*')
    return 'Athena has no SELECT * EXCLUDE or REPLACE';
  if (text === 'on' && before.text === 'distinct') return 'Athena has no DISTINCT ON';
  if (text === 'all' && before.text === 'by') return 'Athena has no GROUP BY ALL or ORDER BY ALL';
  if (text === 'sample' && before.text === 'using') return 'sampling is not reproducible';
  if (text === 'at' && next.text === 'time' && later.text === 'zone') {
    return 'the engines differ on AT TIME ZONE: all times here are UTC';
  }
  if (text === 'ignore' && next.text === 'nulls') return 'the engines write IGNORE NULLS in different places';
  if (
    next.text === '(' &&
    next.kind === 'symbol' &&
    !FUNCTIONS.has(text) &&
    !OPENERS.has(text) &&
    !isCteName(before, next, later)
  ) {
    return `the function ${text} is not on the list of functions that both engines share`;
  }
  if (TIMESTAMPS.has(text) && isComparison(next.text) && later.kind === 'string') {
    return `compare ${text} with TIMESTAMP '...', not with a string`;
  }
  return undefined;
}

// WITH name (columns) AS, UNNEST(...) AS name (columns): a name with a list of columns behind it.
function isCteName(before: Token, next: Token, later: Token): boolean {
  return ['with', 'recursive', 'as'].includes(before.text) && next.text === '(' && later.kind === 'word';
}

function isComparison(text: string): boolean {
  return ['=', '<', '>', '<=', '>=', '<>', '!=', 'between'].includes(text);
}
