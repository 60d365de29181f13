import { ExhibitError } from '../../record/index.ts';

/** A defect of our own as one of our errors: the server goes on, and what it could not judge is not clean. */
export function asExhibitError(cause: unknown): ExhibitError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ExhibitError('INTERNAL', `the file could not be looked at: ${why}`, {
    cause,
    hint: 'Please report it with the file, or a part of it that shows the same.',
  });
}
