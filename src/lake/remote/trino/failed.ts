import { ExhibitError } from '../../../record/index.ts';
import { tookTooLong } from '../../query/stopped.ts';
import type { TrinoPlace } from './settings.ts';

/** Of a conversation, what its errors say. */
interface Asked {
  place: TrinoPlace;
  name: string;
  until: number;
  timeout: number;
}

/** The error of a request that got no answer. */
export function failed({ place, name, until, timeout }: Asked, cause: unknown): ExhibitError {
  if (cause instanceof ExhibitError) return cause;
  if (Date.now() >= until) return tookTooLong(name, timeout, cause);
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const why = inner instanceof Error ? inner.message : String(inner);
  const hint = inner instanceof Error && 'code' in inner ? HINTS[String(inner.code)] : undefined;
  return new ExhibitError('QUERY_FAILED', `${name}: Trino at ${place.origin} cannot be asked: ${why}`, {
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}

const AUTHORITY =
  'Its certificate is of an authority that is not known here. A private authority: NODE_EXTRA_CA_CERTS names its certificate.';

/** By OpenSSL's and Node's names of what is wrong with a certificate. */
const HINTS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: AUTHORITY,
  CERT_HAS_EXPIRED: 'Nothing was sent. Whoever runs this Trino renews its certificate.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Nothing was sent. Name the server as its certificate does.',
};

/** The error of an answer that is none of the protocol. @param text attacker-controlled: what a server says is shown as data, and not much of it */
export function refused({ place, name }: Asked, status: number, text: string): ExhibitError {
  const hint = hintOf(status, place);
  return new ExhibitError('QUERY_FAILED', `${name}: Trino at ${place.origin} answers ${status}`, {
    details: { answer: text.slice(0, 500) },
    ...(hint === undefined ? {} : { hint }),
  });
}

function hintOf(status: number, { headers }: TrinoPlace): string | undefined {
  const user = headers['x-trino-user'];
  switch (status) {
    case 401:
      return headers.authorization === undefined
        ? 'It wants --user with EXHIBIT_TRINO_PASSWORD, or EXHIBIT_TRINO_TOKEN.'
        : `It does not take this password or token of ${user}, or none without TLS.`;
    case 403:
      return `The password or token must be that of ${user}: it is another's, or has no right to ask.`;
    default:
      return undefined;
  }
}
