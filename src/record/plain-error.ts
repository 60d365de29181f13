import type { ErrorCode } from './codes.ts';
import { ExhibitError, isExhibitError, type Location } from './errors.ts';

/** An error on its way between threads or processes, where it would lose its class. */
export interface PlainError {
  code?: ErrorCode;
  message: string;
  location?: Location;
  details?: Record<string, unknown>;
  hint?: string;
}

export function toPlain(error: unknown): PlainError {
  if (!isExhibitError(error)) return { message: error instanceof Error ? error.message : String(error) };
  const { code, message, location, details, hint } = error;
  // Details may hold what cannot be sent, such as a function; as JSON they go.
  const plain = JSON.parse(JSON.stringify(details)) as Record<string, unknown>;
  return { code, message, location, details: plain, ...(hint === undefined ? {} : { hint }) };
}

/** The error as it was. @param code of one that had none */
export function fromPlain(
  { code: own, message, location, details, hint }: PlainError,
  code: ErrorCode,
): ExhibitError {
  return new ExhibitError(own ?? code, message, {
    ...(location === undefined ? {} : { location }),
    ...(details === undefined ? {} : { details }),
    ...(hint === undefined ? {} : { hint }),
  });
}
