import { ExhibitError, isExhibitError } from '../../record/index.ts';

/** For bytes that an accident may have changed on the way. */
export const COPY_AGAIN =
  'Copy it again from where it was made, and check it again. Where it differs again, do not rely on it.';
/** For what no accident makes. */
export const DO_NOT_RELY = 'Do not rely on it. Ask for the pack whose digest is on the record of the log.';

/** @throws ExhibitError PACK_INVALID, with the file in the pack where one is meant */
export function refusePack(message: string, path?: string, hint = DO_NOT_RELY): never {
  throw new ExhibitError('PACK_INVALID', `the pack: ${message}`, {
    hint,
    ...(path === undefined ? {} : { location: { file: path } }),
  });
}

/** What to do about an error of something in a pack. @param other where the error itself does not say */
export function hintOf(cause: unknown, other = DO_NOT_RELY): string {
  if (!isExhibitError(cause)) return other;
  // Whose key it is that the reader gave is not known here.
  if (cause.details.kind === 'unknown-signer')
    return 'Is the key that you gave the one of this log? Take it from a place that you trust. If it is, do not rely on this pack.';
  return cause.hint ?? other;
}
