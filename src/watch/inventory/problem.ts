import type { InputFile } from '../../inputs/index.ts';
import { type ErrorCode, ExhibitError } from '../../record/index.ts';

/** A part of an inventory that is not known: its verdict is not_evaluated, never a pass. @param file the part's name */
export function unknownPart(
  file: string,
  code: ErrorCode,
  message: string,
  { hint, cause }: { hint?: string; cause?: unknown } = {},
): InputFile {
  const error = new ExhibitError(code, message, {
    location: { file },
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
  });
  return { file, documents: [], problems: [{ file, error }] };
}

/** What an error of a client says, cut: it may hold text of the other side. */
export function saidBy(cause: unknown): string {
  const { name, message } = cause as { name?: unknown; message?: unknown };
  return [name, message]
    .filter((each) => typeof each === 'string' && each !== '')
    .join(': ')
    .slice(0, 500);
}
