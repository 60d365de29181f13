import { type DialectProblem, problem, tokenAt } from './problem.ts';
import type { Token } from './tokens.ts';
import { TAKEN, VIEWS } from './words.ts';

/** What stands between two parentheses, as far as FROM is concerned. */
interface Level {
  /** The word before the opening parenthesis. */
  call: string;
  /** A SELECT has begun, so FROM is its clause and no part of TRIM(... FROM ...). */
  select: boolean;
  from: boolean;
}

const AFTER_FROM: ReadonlySet<string> = new Set([
  ...[
    'select',
    'where',
    'group',
    'having',
    'order',
    'limit',
    'offset',
    'window',
    'union',
    'intersect',
    'except',
  ],
]);

/**
 * Checks that a query reads the views and its own WITH names, and nothing else that an engine would take for a table: a file, a table
 * of the catalogue, a name in another schema.
 */
export function checkTables(tokens: readonly Token[]): DialectProblem[] {
  const found: DialectProblem[] = [];
  const own = ownNames(tokens, found);
  const levels: Level[] = [{ call: '', select: false, from: false }];
  tokens.forEach((token, at) => {
    const level = levels.at(-1) ?? { call: '', select: false, from: false };
    const { kind, text } = token;
    if (kind === 'symbol' && text === '(') {
      levels.push({ call: tokenAt(tokens, at - 1).text, select: false, from: false });
    } else if (kind === 'symbol' && text === ')' && levels.length > 1) levels.pop();
    else if (kind === 'symbol' && text === ',' && level.from) checkSource(tokens, at + 1, own, found);
    else if (kind === 'word') {
      if (text === 'select') level.select = true;
      // Behind a dot it is a column, and the list of FROM goes on.
      if (AFTER_FROM.has(text) && tokenAt(tokens, at - 1).text !== '.') level.from = false;
      if (text === 'join') checkSource(tokens, at + 1, own, found);
      if (text === 'from' && isClause(tokens, at, level)) {
        level.from = true;
        checkSource(tokens, at + 1, own, found);
      }
    }
  });
  return found;
}

// IS DISTINCT FROM, EXTRACT(year FROM x) and TRIM(BOTH 'x' FROM y) name no table.
function isClause(tokens: readonly Token[], at: number, { call, select }: Level): boolean {
  const before = tokenAt(tokens, at - 1);
  const twice = tokenAt(tokens, at - 2);
  if (before.text === 'distinct' && (twice.text === 'is' || twice.text === 'not')) return false;
  return select || (call !== 'extract' && call !== 'trim');
}

function checkSource(
  tokens: readonly Token[],
  first: number,
  own: ReadonlySet<string>,
  found: DialectProblem[],
): void {
  let at = first;
  while (tokenAt(tokens, at).kind === 'symbol' && tokenAt(tokens, at).text === '(') at += 1;
  const source = tokenAt(tokens, at);
  const next = tokenAt(tokens, at + 1);
  const call = next.kind === 'symbol' && next.text === '(';
  if (source.kind === 'string') found.push(problem(source, 'a file is not a table: query the views'));
  if (source.kind !== 'word' && source.kind !== 'quoted') return;
  if (source.kind === 'word') {
    // A subquery, or a function, which the list of functions judges.
    if (at > first && ['select', 'with', 'values'].includes(source.text)) return;
    if (source.text === 'lateral' || source.text === 'unnest') return;
  }
  if (call) return;
  if (next.text !== '.' && (VIEWS.includes(source.text) || own.has(source.text))) return;
  const name = next.text === '.' ? `${source.text}.${tokenAt(tokens, at + 2).text}` : source.text;
  found.push(problem(source, `there is no view ${name}; the views are ${VIEWS.join(', ')}`));
}

/** Names that WITH gives: `name AS (` and `name (columns) AS (`. */
export function ownNames(tokens: readonly Token[], found: DialectProblem[]): Set<string> {
  const names = new Set<string>();
  tokens.forEach((token, at) => {
    if (token.kind !== 'word' && token.kind !== 'quoted') return;
    if (!['with', 'recursive', ','].includes(tokenAt(tokens, at - 1).text)) return;
    const as = afterColumns(tokens, at + 1);
    if (tokenAt(tokens, as).text !== 'as' || tokenAt(tokens, as + 1).text !== '(') return;
    names.add(token.text);
    if (TAKEN.test(token.text)) found.push(problem(token, `the name ${token.text} is taken: choose another`));
  });
  return names;
}

function afterColumns(tokens: readonly Token[], at: number): number {
  const open = tokenAt(tokens, at);
  if (open.text !== '(') return at;
  let close = at + 1;
  while (
    close < tokens.length &&
    !(tokenAt(tokens, close).text === ')' && tokenAt(tokens, close).depth <= open.depth)
  ) {
    close += 1;
  }
  return close + 1;
}
