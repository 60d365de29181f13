import { type DialectProblem, problem, tokenAt } from './problem.ts';
import type { Token } from './tokens.ts';

/** The part of a SELECT that a token stands in, by the last word of this kind at its depth. */
type Clause = 'select' | 'from' | 'where' | 'group' | 'having' | 'order' | 'limit' | 'window' | 'none';

const CLAUSES: ReadonlySet<string> = new Set([
  'select',
  'from',
  'where',
  'group',
  'having',
  'order',
  'limit',
  'window',
]);

interface Block {
  clause: Clause;
  aliases: Set<string>;
  ordered: boolean;
}

/**
 * Rules that need to know the clause: `?` only in WHERE (Athena), no alias of the same SELECT in GROUP BY (Trino has none), no LIMIT
 * without ORDER BY (any rows may come).
 */
export function checkBlocks(tokens: readonly Token[]): DialectProblem[] {
  const found: DialectProblem[] = [];
  const stack: Block[] = [newBlock()];
  tokens.forEach((token, at) => {
    // depth counts parentheses, so the stack follows it: one block a level.
    while (stack.length > token.depth + 1) stack.pop();
    while (stack.length < token.depth + 1) stack.push(newBlock());
    const block = stack.at(-1) ?? newBlock();
    if (token.kind === 'parameter' && !stack.some(({ clause }) => clause === 'where')) {
      found.push(problem(token, 'Athena takes ? in WHERE only'));
    }
    if (token.kind !== 'word') return;
    if (token.text === 'union' || token.text === 'intersect' || token.text === 'except') {
      stack[stack.length - 1] = newBlock();
    } else if (CLAUSES.has(token.text) && !isPart(tokens, at)) enter(block, token, found);
    else if (block.clause === 'select') noteAlias(block, tokens, at);
    else if (
      block.clause === 'group' &&
      block.aliases.has(token.text) &&
      tokenAt(tokens, at - 1).text !== '.'
    ) {
      found.push(
        problem(token, `Athena does not know the alias ${token.text} in GROUP BY: write its number`),
      );
    }
  });
  return found;
}

function newBlock(): Block {
  return { clause: 'none', aliases: new Set(), ordered: false };
}

function enter(block: Block, token: Token, found: DialectProblem[]): void {
  if (token.text === 'select') block.aliases.clear();
  if (token.text === 'order') block.ordered = true;
  if (token.text === 'limit' && !block.ordered) {
    found.push(problem(token, 'LIMIT without ORDER BY gives any rows: add ORDER BY'));
  }
  block.clause = token.text as Clause;
}

// EXTRACT(YEAR FROM x), WITHIN GROUP, IS DISTINCT FROM, and a name after a dot are no clauses.
function isPart(tokens: readonly Token[], at: number): boolean {
  const before = tokenAt(tokens, at - 1);
  if (before.text === '.' || before.text === 'within') return true;
  if (tokenAt(tokens, at).text !== 'from') return false;
  return before.text === 'distinct' || tokenAt(tokens, at - 3).text === 'extract';
}

// `expression AS name`, where the name is not the expression's own last word (`policy.day AS day`).
function noteAlias(block: Block, tokens: readonly Token[], at: number): void {
  const [token, before, twice] = [tokenAt(tokens, at), tokenAt(tokens, at - 1), tokenAt(tokens, at - 2)];
  if (before.text === 'as' && twice.text !== token.text) block.aliases.add(token.text);
}
