import { type ErrorCode, ExhibitError, isExhibitError, type Location } from '../../record/index.ts';
import type { QueryAnswer, QueryOptions, QueryRequest } from './types.ts';

/** What the process of a question is asked. */
export interface ChildQuestion {
  folder: string;
  request: QueryRequest;
  options: QueryOptions;
  temporary: string;
  /** Bytes of memory that the whole process may take. */
  memory: number;
}

/** What it says: that the engine has the text, that memory ran over, and the end. */
export type ChildMessage =
  | { kind: 'running' }
  | { kind: 'memory' }
  | { kind: 'answer'; answer: QueryAnswer }
  | { kind: 'failed'; error: PlainError };

/** An error on its way between processes, where it would lose its class. */
interface PlainError {
  code?: ErrorCode;
  message: string;
  location?: Location;
  details?: Record<string, unknown>;
  hint?: string;
}

export function toPlain(error: unknown): PlainError {
  if (!isExhibitError(error)) return { message: error instanceof Error ? error.message : String(error) };
  const { code, message, location, details, hint } = error;
  return { code, message, location, details, ...(hint === undefined ? {} : { hint }) };
}

/** @returns the error as it was; QUERY_FAILED for one that had no code */
export function fromPlain({ code, message, location, details, hint }: PlainError): ExhibitError {
  return new ExhibitError(code ?? 'QUERY_FAILED', message, {
    ...(location === undefined ? {} : { location }),
    ...(details === undefined ? {} : { details }),
    ...(hint === undefined ? {} : { hint }),
  });
}
