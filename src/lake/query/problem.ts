import type { Token } from './tokens.ts';

/** One place where a text leaves the dialect that Athena (Trino) and DuckDB share. Line and column from 1. */
export interface DialectProblem {
  line: number;
  column: number;
  message: string;
}

/** A problem at a token. */
export function problem({ line, column }: Token, message: string): DialectProblem {
  return { line, column, message };
}

const END: Token = { kind: 'end', text: '', line: 1, column: 1, depth: 0 };

/** The token at a place, or an end where there is none. */
export function tokenAt(tokens: readonly Token[], at: number): Token {
  return tokens[at] ?? END;
}
