import { type ErrorCode, ExhibitError } from '../../../record/index.ts';

/** What is read or written, for messages: of bundles where nothing else is said. */
export interface Thing {
  code: ErrorCode;
  /** `the bundle` */
  what: string;
}

const BUNDLE: Thing = { code: 'BUNDLE_ORIGIN', what: 'the bundle' };

/**
 * Why an origin gave nothing. The message is the same each time for the same reason, because a reason is recorded once.
 * @param more.again another try in a moment may help
 */
export function originFault(
  name: string,
  why: string,
  more: { hint?: string; again?: boolean; cause?: unknown } = {},
  thing: Thing = BUNDLE,
): ExhibitError {
  const verb = thing === BUNDLE ? 'cannot be read from' : 'cannot be exchanged with';
  return new ExhibitError(thing.code, `${thing.what} ${verb} ${name}: ${why}`, {
    location: { file: name },
    details: { again: more.again ?? false },
    ...(more.hint === undefined ? {} : { hint: more.hint }),
    ...(more.cause === undefined ? {} : { cause: more.cause }),
  });
}

export function notThere(name: string, hint: string, cause?: unknown, thing: Thing = BUNDLE): ExhibitError {
  return new ExhibitError('NOT_FOUND', `${thing.what} ${name} is not there`, {
    location: { file: name },
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}

export function tooLong(name: string, limit: number, thing: Thing = BUNDLE): ExhibitError {
  const hint = thing === BUNDLE ? { hint: 'limits.bundle_bytes is the most that is read.' } : {};
  return originFault(name, `it is longer than ${limit} bytes`, hint, thing);
}

/** Code of the system or of the library, such as ECONNREFUSED or CERT_HAS_EXPIRED; a word of ours where there is none. */
export function causeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code;
  }
  return 'no connection';
}

/** All bytes of a body. @throws ExhibitError BUNDLE_ORIGIN as soon as there are more than the limit */
export async function readAll(
  body: AsyncIterable<Uint8Array | string> | null | undefined,
  limit: number,
  name: string,
  thing: Thing = BUNDLE,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > limit) throw tooLong(name, limit, thing);
    parts.push(Buffer.from(part as Uint8Array));
  }
  return Buffer.concat(parts);
}
