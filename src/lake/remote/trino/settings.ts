import { z } from 'zod';
import { ExhibitError } from '../../../record/index.ts';

/** Where a Trino is, and who asks. */
export const trinoSchema = z.strictObject({
  server: z.url({ protocol: /^https?$/ }),
  catalog: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,63}$/)
    .default('lake'),
  user: z.string().min(1).max(256),
  /** A JSON Web Token. */
  token: z.string().min(1).optional(),
  password: z.string().min(1).optional(),
});

export type TrinoSettings = z.input<typeof trinoSchema>;

/** What each request carries. */
export interface TrinoPlace {
  origin: string;
  catalog: string;
  headers: Record<string, string>;
}

/** @throws ExhibitError CONFIG_INVALID, which never has a secret in it */
export function trinoPlace(settings: TrinoSettings): TrinoPlace {
  const parsed = trinoSchema.safeParse(settings);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ExhibitError(
      'CONFIG_INVALID',
      `${issue?.path.join('.') ?? ''} of Trino: ${issue?.message ?? 'wrong'}`,
    );
  }
  const { server, catalog, user, token, password } = parsed.data;
  const { protocol, hostname, origin, username, password: inUrl } = new URL(server);
  if (username !== '' || inUrl !== '')
    throw new ExhibitError('CONFIG_INVALID', 'the URL of Trino has a user or a password in it', {
      hint: 'Give --user, and EXHIBIT_TRINO_PASSWORD or EXHIBIT_TRINO_TOKEN.',
    });
  const secret = token ?? password;
  if (secret !== undefined && protocol === 'http:' && !LOOPBACK.test(hostname))
    throw new ExhibitError('CONFIG_INVALID', `a secret is not sent to ${origin} in the clear`, {
      hint: 'Use https. A private authority: NODE_EXTRA_CA_CERTS names its certificate.',
    });
  return {
    origin,
    catalog,
    headers: {
      'x-trino-user': user,
      'x-trino-source': 'exhibit',
      'x-trino-time-zone': 'UTC',
      ...(token !== undefined
        ? { authorization: `Bearer ${token}` }
        : password !== undefined
          ? { authorization: basic(user, password) }
          : {}),
    },
  };
}

/** Trino reads these as ISO 8859-1, whatever the charset. @throws ExhibitError CONFIG_INVALID for what it would take for something else */
function basic(user: string, password: string): string {
  if (user.includes(':'))
    throw new ExhibitError('CONFIG_INVALID', 'a user of Trino with a password has no colon in the name');
  const pair = `${user}:${password}`;
  const bytes = Buffer.from(pair, 'latin1');
  if (bytes.toString('latin1') !== pair)
    throw new ExhibitError(
      'CONFIG_INVALID',
      'the user or the password of Trino has a character that is not in ISO 8859-1',
      { hint: 'Trino reads them as ISO 8859-1. Choose another password, or send EXHIBIT_TRINO_TOKEN.' },
    );
  return `Basic ${bytes.toString('base64')}`;
}

const LOOPBACK = /^(?:localhost|127\.[0-9.]+|\[::1\])$/;
