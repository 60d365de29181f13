import { type DialectProblem, problem, tokenAt } from './problem.ts';
import type { Token } from './tokens.ts';

const FRACTIONS: ReadonlySet<string> = new Set(['double', 'real', 'decimal']);

/**
 * `7 / 2` is 3 in Athena and 3.5 in DuckDB. A division passes when one side is plainly no integer: a decimal literal, or
 * CAST(... AS double).
 */
export function checkDivision(tokens: readonly Token[]): DialectProblem[] {
  const found: DialectProblem[] = [];
  tokens.forEach((token, at) => {
    if (token.kind !== 'symbol' || token.text !== '/') return;
    if (!fractionBefore(tokens, at) && !fractionAfter(tokens, at)) {
      found.push(problem(token, 'integers divide differently: write CAST(x AS double) / y'));
    }
  });
  return found;
}

function fractionBefore(tokens: readonly Token[], at: number): boolean {
  const last = tokenAt(tokens, at - 1);
  if (last.kind === 'decimal') return true;
  if (last.text !== ')') return false;
  let open = at - 2;
  while (open >= 0 && !(tokenAt(tokens, open).text === '(' && tokenAt(tokens, open).depth === last.depth))
    open -= 1;
  return isCast(tokens, open - 1, at - 1);
}

function fractionAfter(tokens: readonly Token[], at: number): boolean {
  const first = tokenAt(tokens, at + 1);
  if (first.kind === 'decimal') return true;
  const open = tokenAt(tokens, at + 2);
  if (open.text !== '(') return false;
  let close = at + 3;
  while (
    close < tokens.length &&
    !(tokenAt(tokens, close).text === ')' && tokenAt(tokens, close).depth === open.depth)
  ) {
    close += 1;
  }
  return isCast(tokens, at + 1, close);
}

// CAST ( ... AS double ): the type is the last word before the closing parenthesis, or decimal(p, s).
function isCast(tokens: readonly Token[], name: number, close: number): boolean {
  if (!['cast', 'try_cast'].includes(tokenAt(tokens, name).text)) return false;
  const depth = tokenAt(tokens, close).depth + 1;
  for (let at = close - 1; at > name; at -= 1) {
    const token = tokenAt(tokens, at);
    if (token.depth === depth && token.text === 'as') return FRACTIONS.has(tokenAt(tokens, at + 1).text);
  }
  return false;
}
