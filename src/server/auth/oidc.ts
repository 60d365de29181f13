import { readFileSync } from 'node:fs';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { z } from 'zod';
import { matchesGlob } from '../../engine/index.ts';
import { type Clock, ExhibitError } from '../../record/index.ts';
import type { OidcSetting } from '../settings.ts';
import type { Identity } from './identity.ts';

/** Asymmetric ones only: a token must not be signed with what is public. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** Seconds that two clocks may differ. */
const TOLERANCE = 30;
/** How long keys of an issuer are kept, and how often at most they are fetched for a key that is not among them, milliseconds. */
const KEPT = 600_000;
const APART = 10_000;
const TIMEOUT = 5_000;

/** Verifies JSON Web Tokens of the configured issuers: pipelines (GitHub, GitLab), Kubernetes service accounts, people. */
export interface Oidc {
  /** @throws ExhibitError AUTH_INVALID, SERVER_BUSY where the keys of the issuer cannot be had */
  verify(token: string): Promise<{ identity: Identity; expires: number }>;
}

/** @param apart milliseconds between two fetches of keys; tests rotate them faster */
export function createOidc(settings: readonly OidcSetting[], clock: Clock, apart = APART): Oidc {
  const keys = new Map<string, JWTVerifyGetKey>();
  const keysOf = async (setting: OidcSetting): Promise<JWTVerifyGetKey> => {
    const known = keys.get(setting.issuer);
    if (known !== undefined) return known;
    const made = await openKeys(setting, apart);
    keys.set(setting.issuer, made);
    return made;
  };
  return {
    async verify(token) {
      const setting = settings.find(({ issuer }) => issuer === unverifiedIssuer(token));
      if (setting === undefined) throw invalid('the issuer of the token is not configured');
      const { payload } = await verified(token, setting, await keysOf(setting), clock);
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

function unreachable(issuer: string, cause: unknown): ExhibitError {
  return new ExhibitError('SERVER_BUSY', `the keys of ${issuer} cannot be had now`, {
    cause,
    hint: 'Send it again after the time in Retry-After.',
    details: { status: 503 },
  });
}

async function openKeys(
  { issuer, jwks_uri, jwks_file }: OidcSetting,
  apart: number,
): Promise<JWTVerifyGetKey> {
  if (jwks_file !== undefined) return localKeys(jwks_file);
  const url = jwks_uri ?? (await discover(issuer));
  return createRemoteJWKSet(new URL(url), {
    cacheMaxAge: KEPT,
    cooldownDuration: apart,
    timeoutDuration: TIMEOUT,
  });
}

/** A file is read again for each token: it is small, and whoever changes it has rotated the keys. */
function localKeys(file: string): JWTVerifyGetKey {
  return (header, token) =>
    createLocalJWKSet(JSON.parse(readFileSync(file, 'utf8')) as JSONWebKeySet)(header, token);
}

const discovered = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** @see OpenID Connect Discovery 1.0 section 4 */
async function discover(issuer: string): Promise<string> {
  try {
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT), redirect: 'error' });
    const found = discovered.parse(await response.json());
    if (found.issuer !== issuer) throw new TypeError(`${url} speaks of the issuer ${found.issuer}`);
    return found.jwks_uri;
  } catch (cause) {
    throw unreachable(issuer, cause);
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
