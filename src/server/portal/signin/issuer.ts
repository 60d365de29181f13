import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { type Clock, ExhibitError } from '../../../record/index.ts';
import { readAll } from '../../bundles/origins/faults.ts';
import { isLoopback } from '../../loopback.ts';

const TIMEOUT = 10_000;
const MOST_BYTES = 1024 * 1024;
/** How long what an issuer says is kept, seconds: as it says (RFC 9111), within these; and where it says nothing. */
const [LEAST, MOST, STANDARD] = [60, 3_600, 600];
/** Milliseconds from an answer that did not come to the next question: who signs in must not be able to flood an issuer that is away. */
const PAUSE = 1_000;

const discovered = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  /** Each of its answers says of whom it is. @see RFC 9207 section 3 */
  authorization_response_iss_parameter_supported: z.boolean().default(false),
});
type Discovered = z.infer<typeof discovered>;

const keySet = z.looseObject({ keys: z.array(z.looseObject({})) });

/** What an issuer says of itself and its keys, kept for a bounded time. @see OpenID Connect Discovery 1.0 section 4 */
export class IssuerFacts {
  readonly #issuer: string;
  readonly #clock: Clock;
  readonly #apart: number;
  readonly #endpoints: Kept<Discovered>;
  #keys: { url: string; kept: Kept<JWTVerifyGetKey> } | undefined;

  /** @param apart milliseconds between two fetches of keys, for one that is not among them */
  constructor(issuer: string, clock: Clock, apart: number) {
    this.#issuer = issuer;
    this.#clock = clock;
    this.#apart = apart;
    this.#endpoints = new Kept(() => discover(issuer), clock);
  }

  /** @throws ExhibitError SERVER_BUSY */
  endpoints(): Promise<Discovered> {
    return this.#endpoints.get();
  }

  /** Finds the key of a token. One that is not among the kept ones is looked for at the issuer, once in a while. */
  readonly key: JWTVerifyGetKey = async (header, token) => {
    const { jwks_uri: url } = await this.endpoints();
    if (this.#keys?.url !== url)
      this.#keys = { url, kept: new Kept(() => fetchKeys(url, this.#issuer), this.#clock) };
    const { kept } = this.#keys;
    const find = await kept.get();
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || kept.age() < this.#apart) throw error;
      kept.forget();
      return (await kept.get())(header, token);
    }
  };
}

/** One value that is fetched; whoever asks meanwhile waits for the same answer. */
class Kept<T> {
  readonly #fetch: () => Promise<{ value: T; seconds: number }>;
  readonly #clock: Clock;
  #value: { value: T; at: number; until: number } | undefined;
  #pending: Promise<T> | undefined;
  #failed: { error: unknown; until: number } | undefined;

  constructor(fetch: () => Promise<{ value: T; seconds: number }>, clock: Clock) {
    this.#fetch = fetch;
    this.#clock = clock;
  }

  async get(): Promise<T> {
    const now = this.#clock();
    if (this.#value !== undefined && now < this.#value.until) return this.#value.value;
    if (this.#failed !== undefined && now < this.#failed.until) throw this.#failed.error;
    this.#pending ??= this.#renew().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  /** Milliseconds since it was fetched. */
  age(): number {
    return this.#clock() - (this.#value?.at ?? 0);
  }

  forget(): void {
    this.#value = undefined;
  }

  async #renew(): Promise<T> {
    try {
      const { value, seconds } = await this.#fetch();
      const at = this.#clock();
      this.#value = { value, at, until: at + seconds * 1_000 };
      this.#failed = undefined;
      return value;
    } catch (error) {
      this.#failed = { error, until: this.#clock() + PAUSE };
      throw error;
    }
  }
}

async function discover(issuer: string): Promise<{ value: Discovered; seconds: number }> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const { status, body, seconds } = await askIssuer(url, {});
  const found = discovered.safeParse(body);
  if (status !== 200 || !found.success || found.data.issuer !== issuer) throw away(issuer);
  const { authorization_endpoint, token_endpoint, jwks_uri } = found.data;
  for (const each of [authorization_endpoint, token_endpoint, jwks_uri]) {
    const { protocol, hostname } = new URL(each);
    const near = isLoopback(hostname) && isLoopback(new URL(issuer).hostname);
    if (protocol !== 'https:' && !(protocol === 'http:' && near)) throw away(issuer);
  }
  return { value: found.data, seconds };
}

async function fetchKeys(url: string, issuer: string): Promise<{ value: JWTVerifyGetKey; seconds: number }> {
  const { status, body, seconds } = await askIssuer(url, {});
  const keys = keySet.safeParse(body);
  if (status !== 200 || !keys.success) throw away(issuer);
  return { value: createLocalJWKSet(keys.data as JSONWebKeySet), seconds };
}

/**
 * One question to an issuer. No redirect is followed, and time and body have an end.
 * @returns status, JSON, and how many seconds it may be kept
 * @throws ExhibitError SERVER_BUSY where it does not answer
 */
export async function askIssuer(
  url: string,
  init: RequestInit,
): Promise<{ status: number; body: unknown; seconds: number }> {
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) });
    const text = (await readAll(response.body, MOST_BYTES, url)).toString('utf8');
    const seconds = keptSeconds(response.headers.get('cache-control'));
    return { status: response.status, body: JSON.parse(text), seconds };
  } catch (cause) {
    throw away(new URL(url).origin, cause);
  }
}

/** Of a header `Cache-Control`. One that forbids to keep is not followed to the letter: each sign-in would fetch it again. */
export function keptSeconds(header: string | null): number {
  const directives = (header ?? '').toLowerCase().split(/\s*,\s*/);
  if (directives.some((each) => each === 'no-store' || each === 'no-cache')) return LEAST;
  const [, age] =
    directives.map((each) => /^max-age="?(\d{1,9})"?$/.exec(each)).find((each) => each !== null) ?? [];
  return age === undefined ? STANDARD : Math.min(MOST, Math.max(LEAST, Number(age)));
}

function away(issuer: string, cause?: unknown): ExhibitError {
  return new ExhibitError('SERVER_BUSY', `${issuer} does not answer as an issuer does`, {
    cause,
    details: { status: 503 },
  });
}
