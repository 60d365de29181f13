/** How a registry wants to be told who asks. */
export type Challenge =
  | { scheme: 'basic' }
  | { scheme: 'bearer'; realm: string; service: string | undefined };

/**
 * Reads WWW-Authenticate. Bearer goes before Basic where a registry offers both.
 * @returns undefined where it is neither
 * @see RFC 9110 section 11.6.1, and "Token Authentication Specification" of the Distribution project
 */
export function parseChallenge(header: string | null): Challenge | undefined {
  const text = header ?? '';
  const bearer = /(?:^|,\s*)bearer\s+((?:[\w-]+\s*=\s*(?:"[^"]*"|[^\s",]*)\s*,?\s*)+)/i.exec(text)?.[1];
  const values = new Map(
    [...(bearer ?? '').matchAll(/([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s",]*))/g)].map(
      ([, key = '', quoted, plain]) => [key.toLowerCase(), quoted ?? plain ?? ''] as const,
    ),
  );
  const realm = values.get('realm');
  if (realm !== undefined) return { scheme: 'bearer', realm, service: values.get('service') };
  return /(?:^|,\s*)basic(\s|$)/i.test(text) ? { scheme: 'basic' } : undefined;
}
