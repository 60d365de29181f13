import { ERROR_CODES, type ErrorCode, type ErrorKind } from './codes.ts';

/** Where in which file an error is: file as the user named it, line and column from 1. */
export interface Location {
  file?: string;
  line?: number;
  column?: number;
  /** The place is the nearest that is known: what is judged was made from the file. */
  about?: true;
}

export interface ErrorOptions {
  /** What to do next, in one sentence. */
  hint?: string;
  location?: Location;
  cause?: unknown;
  /** Facts a program may want (digests, indices); never secrets. */
  details?: Record<string, unknown>;
}

/** The one error class. The code is the interface; the message is prose and may change. */
export class ExhibitError extends Error {
  override readonly name = 'ExhibitError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly location: Location;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.location = options.location ?? {};
    this.details = options.details ?? {};
  }

  /** The family of the code, from which the exit code follows. */
  get kind(): ErrorKind {
    return ERROR_CODES[this.code].kind;
  }
}

/** True for an ExhibitError, of the given code where one is named. */
export function isExhibitError(value: unknown, code?: ErrorCode): value is ExhibitError {
  return value instanceof ExhibitError && (code === undefined || value.code === code);
}

/** `file:line:column`, as much of it as is known. */
export function formatLocation(location: Location): string {
  const { file, line, column } = location;
  return [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':');
}
