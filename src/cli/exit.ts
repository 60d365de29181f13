import { type ErrorKind, ExhibitError } from '../record/index.ts';

/**
 * Exit codes, set in this one place. A violation beats an incomplete run, an incomplete run is never 0, and the output
 * format never changes the code.
 */
export const EXIT = {
  /** Judged completely and clean; the command did what it should. */
  ok: 0,
  /** A violation at or above the threshold; a verification that failed. */
  violation: 1,
  /** Wrong usage or configuration. */
  usage: 2,
  /** Could not judge, or could not do the work, completely. */
  incomplete: 3,
  /** Not allowed. */
  denied: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_KIND: Record<ErrorKind, ExitCode> = {
  usage: EXIT.usage,
  incomplete: EXIT.incomplete,
  denied: EXIT.denied,
  tampered: EXIT.incomplete,
  fatal: EXIT.incomplete,
};

/** The exit code of an error that ended a command. */
export function exitOfError(error: unknown): ExitCode {
  return error instanceof ExhibitError ? BY_KIND[error.kind] : EXIT.incomplete;
}
