import { decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { matchesGlob } from '../../engine/index.ts';
import { type Clock, ExhibitError } from '../../record/index.ts';
import type { OidcSetting } from '../settings.ts';
import type { Identity } from './identity.ts';
import { IssuerKeys, unreachable } from './issuer-keys.ts';

/** Asymmetric ones only: a token must not be signed with what is public. */
export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];
/** Seconds that two clocks may differ. */
export const TOLERANCE = 30;
/** How often at most keys are fetched for one that is not among them, milliseconds. */
const APART = 10_000;

/** Verifies JSON Web Tokens of the configured issuers: pipelines (GitHub, GitLab), Kubernetes service accounts, people. */
export interface Oidc {
  /** @throws ExhibitError AUTH_INVALID, SERVER_BUSY where the keys of the issuer cannot be had */
  verify(token: string): Promise<{ identity: Identity; expires: number }>;
}

/** @param apart milliseconds between two fetches of keys; tests rotate them faster */
export function createOidc(settings: readonly OidcSetting[], clock: Clock, apart = APART): Oidc {
  const keys = new Map(settings.map((setting) => [setting.issuer, new IssuerKeys(setting, apart)]));
  return {
    async verify(token) {
      const setting = settings.find(({ issuer }) => issuer === unverifiedIssuer(token));
      const known = setting && keys.get(setting.issuer);
      if (setting === undefined || known === undefined)
        throw invalid('the issuer of the token is not configured');
      const { payload } = await verified(token, setting, await known.get(), clock);
      return { identity: identityOf(payload, setting), expires: ((payload.exp ?? 0) + TOLERANCE) * 1_000 };
    },
  };
}

function invalid(message: string, cause?: unknown): ExhibitError {
  return new ExhibitError('AUTH_INVALID', message, { cause });
}

/** Only to find the keys with which it is then verified. */
function unverifiedIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch (cause) {
    throw invalid('the token is neither one of this server nor a JSON Web Token', cause);
  }
}

async function verified(
  token: string,
  { issuer, audience }: OidcSetting,
  key: JWTVerifyGetKey,
  clock: Clock,
) {
  try {
    return await jwtVerify(token, key, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: TOLERANCE,
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(clock()),
    });
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) throw invalid('the token has expired', cause);
    if (cause instanceof errors.JWTClaimValidationFailed)
      throw invalid(
        cause.claim === 'aud'
          ? `the token is for another audience than ${audience}`
          : `claim ${cause.claim}: ${cause.message}`,
        cause,
      );
    if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWSSignatureVerificationFailed)
      throw invalid('the token is not signed with a key of its issuer', cause);
    if (cause instanceof errors.JWKSTimeout || !(cause instanceof errors.JOSEError))
      throw unreachable(issuer, cause);
    throw invalid(`the token does not hold: ${cause.message}`, cause);
  }
}

/** @throws ExhibitError AUTH_INVALID where no grant matches */
function identityOf(payload: JWTPayload, { issuer, grants }: OidcSetting): Identity {
  const granted = grants.filter(({ claims }) =>
    Object.entries(claims).every(([claim, glob]) => matchesClaim(payload[claim], glob)),
  );
  if (granted.length === 0)
    throw new ExhibitError('AUTH_DENIED', 'no grant matches the claims of the token', {
      hint: 'auth.oidc[].grants says which claims are let in.',
    });
  return {
    name: `${issuer} ${payload.sub}`,
    verified_by: issuer.slice(0, 256),
    roles: [...new Set(granted.flatMap(({ roles }) => roles))],
    emitters: [...new Set(granted.flatMap(({ emitters }) => emitters))],
  };
}

/** A claim that is a list (groups) matches where one of its items does. */
function matchesClaim(value: unknown, glob: string): boolean {
  const values = Array.isArray(value) ? value : [value];
  return values.some((one) => {
    if (typeof one === 'string') return one === glob || matchesGlob(glob, one);
    return (typeof one === 'boolean' || typeof one === 'number') && String(one) === glob;
  });
}
