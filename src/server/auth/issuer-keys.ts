import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type FetchImplementation,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';
import { z } from 'zod';
import { ExhibitError } from '../../record/index.ts';
import { readAll } from '../bundles/origins/faults.ts';
import { isLoopback } from '../loopback.ts';
import type { OidcSetting } from '../settings.ts';

/** How long keys of an issuer are kept, milliseconds. */
const KEPT = 600_000;
const TIMEOUT = 5_000;
/** Most bytes of what an issuer says of itself, and of its keys. */
const MOST_BYTES = 1024 * 1024;

/** Keys of one issuer, found when they are first asked for. What could not be found is looked for again at the next question. */
export class IssuerKeys {
  readonly #setting: OidcSetting;
  readonly #apart: number;
  #keys: Promise<JWTVerifyGetKey> | undefined;

  /** @param apart milliseconds between two fetches of keys for one that is not among them */
  constructor(setting: OidcSetting, apart: number) {
    this.#setting = setting;
    this.#apart = apart;
  }

  /** Whoever asks meanwhile waits for the same answer. @throws ExhibitError SERVER_BUSY */
  async get(): Promise<JWTVerifyGetKey> {
    this.#keys ??= openKeys(this.#setting, this.#apart);
    const asked = this.#keys;
    try {
      return await asked;
    } catch (error) {
      if (this.#keys === asked) this.#keys = undefined;
      throw error;
    }
  }
}

export function unreachable(issuer: string, cause: unknown): ExhibitError {
  return new ExhibitError('SERVER_BUSY', `the keys of ${issuer} cannot be had now`, {
    cause,
    hint: 'Send it again after the time in Retry-After.',
    details: { status: 503 },
  });
}

async function openKeys(
  { issuer, jwks_uri, jwks_file, jwks_token_file }: OidcSetting,
  apart: number,
): Promise<JWTVerifyGetKey> {
  if (jwks_file !== undefined) return localKeys(jwks_file);
  return createRemoteJWKSet(new URL(jwks_uri ?? (await discover(issuer))), {
    cacheMaxAge: KEPT,
    cooldownDuration: apart,
    timeoutDuration: TIMEOUT,
    [customFetch]: fetchKeys(jwks_token_file),
  });
}

/** A file is read again for each token: it is small, and whoever changes it has rotated the keys. */
function localKeys(file: string): JWTVerifyGetKey {
  return (header, token) =>
    createLocalJWKSet(JSON.parse(readFileSync(file, 'utf8')) as JSONWebKeySet)(header, token);
}

const keySet = z.looseObject({ keys: z.array(z.looseObject({})) });

/** No redirect is followed, and the body has an end. What is no set of keys is the fault of the issuer, not of the token. */
const fetchKeys =
  (tokenFile: string | undefined): FetchImplementation =>
  async (url, { headers, signal }) => {
    const shown = new Headers(headers);
    // Read each time: a cluster replaces the token of a service account every hour.
    if (tokenFile !== undefined)
      shown.set('authorization', `Bearer ${(await readFile(tokenFile, 'utf8')).trim()}`);
    const keys = keySet.parse(await jsonOf(url, { headers: shown, signal }));
    return Response.json(keys);
  };

const discovered = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** @see OpenID Connect Discovery 1.0 section 4 */
async function discover(issuer: string): Promise<string> {
  try {
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const found = discovered.parse(await jsonOf(url, { signal: AbortSignal.timeout(TIMEOUT) }));
    if (found.issuer !== issuer) throw new TypeError(`${url} speaks of the issuer ${found.issuer}`);
    // Over the network as it is, anybody on the way could put keys of his own there.
    const { protocol, hostname } = new URL(found.jwks_uri);
    if (
      protocol !== 'https:' &&
      !(protocol === 'http:' && isLoopback(hostname) && isLoopback(new URL(issuer).hostname))
    )
      throw new TypeError(`${url} names a place of its keys that is not https: ${found.jwks_uri}`);
    return found.jwks_uri;
  } catch (cause) {
    throw unreachable(issuer, cause);
  }
}

async function jsonOf(url: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(url, { ...init, redirect: 'error' });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new TypeError(`${url} answers ${response.status}`);
  }
  return JSON.parse((await readAll(response.body, MOST_BYTES, url)).toString('utf8'));
}
