/** Status of the answer that an error of the SDK carries; undefined where none came. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { $metadata?: { httpStatusCode?: unknown } } | null)?.$metadata?.httpStatusCode;
  return typeof status === 'number' ? status : undefined;
}

/** The word that an answer has for its error, if it is a word: it comes from outside. */
export function nameOf(error: unknown): string | undefined {
  const { name } = error as { name?: unknown };
  return typeof name === 'string' &&
    /^[A-Za-z][A-Za-z0-9]{2,60}$/.test(name) &&
    !/^(Unknown|(Abort|Timeout)?Error$)/.test(name)
    ? name
    : undefined;
}

/** Code of the system or of the library, such as ECONNREFUSED; a word of ours where there is none. */
export function causeOf(error: unknown): string {
  if (error instanceof Error && /^(TimeoutError|AbortError)$/.test(error.name)) return 'no answer in time';
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code;
  }
  return 'no answer that can be read';
}
