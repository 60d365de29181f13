/** A place in an object: JSON pointer in which a segment `*` stands for any one. What it stood for is `$1`, `$2` and so on elsewhere. */
export type Pattern = string;

/**
 * @param pointer JSON pointer (RFC 6901), still escaped
 * @returns what the stars stood for; undefined where it is another place
 */
export function matchPointer(pattern: readonly string[], pointer: readonly string[]): string[] | undefined {
  if (pattern.length !== pointer.length) return undefined;
  const stars: string[] = [];
  for (const [at, segment] of pattern.entries()) {
    const found = pointer[at] ?? '';
    if (segment === '*') stars.push(found);
    else if (segment !== found) return undefined;
  }
  return stars;
}

/** The segments behind the first slash; none for the whole object. */
export const segmentsOf = (pointer: string): string[] => pointer.split('/').slice(1);

/** Puts what the stars stood for into another pattern. */
export function filled(pattern: Pattern, stars: readonly string[]): string {
  return pattern.replaceAll(/\$(\d)/g, (_, number: string) => stars[Number(number) - 1] ?? '');
}

/** The value at a pointer; undefined where there is none. */
export function valueAt(value: unknown, segments: readonly string[]): unknown {
  return segments.reduce<unknown>((inner, segment) => {
    const key = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
      ? (inner as Record<string, unknown>)[key]
      : undefined;
  }, value);
}
