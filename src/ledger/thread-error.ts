import { type ErrorCode, ExhibitError, isExhibitError, type Location } from '../record/index.ts';

/** An error on its way between threads, where it would lose its class. */
export interface PlainError {
  code?: ErrorCode;
  message: string;
  location?: Location;
  details?: Record<string, unknown>;
  hint?: string;
}

export function toPlain(error: unknown): PlainError {
  if (!isExhibitError(error)) return { message: String(error) };
  const { code, message, location, details, hint } = error;
  // Details may hold what cannot be sent, such as a function; as JSON they go.
  const plain = JSON.parse(JSON.stringify(details)) as Record<string, unknown>;
  return { code, message, location, details: plain, ...(hint === undefined ? {} : { hint }) };
}

/** @returns the error as it was; LEDGER_IO for one that had no code */
export function fromPlain({ code, message, location, details, hint }: PlainError): ExhibitError {
  return new ExhibitError(code ?? 'LEDGER_IO', message, {
    ...(location === undefined ? {} : { location }),
    ...(details === undefined ? {} : { details }),
    ...(hint === undefined ? {} : { hint }),
  });
}
