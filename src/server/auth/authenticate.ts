import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { type Clock, ExhibitError } from '../../record/index.ts';
import type { Settings } from '../settings.ts';
import type { Identity } from './identity.ts';
import { certificateIdentity } from './mtls.ts';
import { createOidc } from './oidc.ts';
import { findToken, TOKEN_PREFIX } from './tokens.ts';

/** Who a caller is. @throws ExhibitError AUTH_MISSING, AUTH_INVALID, AUTH_DENIED, SERVER_BUSY */
export type Authenticate = (request: IncomingMessage) => Promise<Identity>;

/** A token that held is not verified again for so long, milliseconds: a key that its issuer takes back works that much longer. */
const REMEMBERED = 60_000;
const MOST_REMEMBERED = 1_000;
const LONGEST_TOKEN = 16_384;

/**
 * A bearer token goes first, then the certificate of the connection. Without either there is no identity: nothing is open but
 * the two pages that say whether the server lives.
 * @param apart see createOidc
 */
export function createAuthenticate({ auth }: Settings, clock: Clock, apart?: number): Authenticate {
  const oidc = createOidc(auth.oidc, clock, apart);
  const known = new Map<string, { identity: Identity; until: number }>();
  const verifyJwt = async (token: string): Promise<Identity> => {
    const key = createHash('sha256').update(token).digest('base64');
    const before = known.get(key);
    if (before !== undefined && clock() < before.until) return before.identity;
    const { identity, expires } = await oidc.verify(token);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(key, { identity, until: Math.min(expires, clock() + REMEMBERED) });
    return identity;
  };
  return async (request) => {
    const token = bearer(request);
    if (token === undefined) {
      const identity =
        request.socket instanceof TLSSocket ? certificateIdentity(request.socket, auth.mtls) : undefined;
      if (identity !== undefined) return identity;
      throw new ExhibitError('AUTH_MISSING', 'who is calling?', {
        hint: 'Send a token: `Authorization: Bearer ...`, or a client certificate.',
      });
    }
    if (token.startsWith(TOKEN_PREFIX)) {
      const identity = findToken(token, auth.tokens, clock());
      if (identity !== undefined) return identity;
      throw new ExhibitError('AUTH_INVALID', 'the token is not known here');
    }
    return verifyJwt(token);
  };
}

/** @see RFC 6750 section 2.1 */
function bearer({ headers }: IncomingMessage): string | undefined {
  const { authorization } = headers;
  if (authorization === undefined) return undefined;
  const token = /^bearer ([\w.~+/=-]+)$/i.exec(authorization)?.[1];
  if (token === undefined || token.length > LONGEST_TOKEN)
    throw new ExhibitError('AUTH_INVALID', 'the header Authorization is not `Bearer` and a token');
  return token;
}
