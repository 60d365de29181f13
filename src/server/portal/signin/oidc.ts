import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import { matchesGlob } from '../../../engine/index.ts';
import { type Clock, ExhibitError, type RandomBytes } from '../../../record/index.ts';
import { ALGORITHMS, TOLERANCE } from '../../auth/oidc.ts';
import { readAll } from '../../bundles/origins/faults.ts';
import { isLoopback } from '../../loopback.ts';
import type { PortalIssuer, PortalRole } from '../settings.ts';

const TIMEOUT = 10_000;
const MOST_BYTES = 1024 * 1024;
/** How long somebody may take at the issuer, milliseconds. */
export const FLOW_MILLISECONDS = 600_000;
const MOST_FLOWS = 2_000;

const discovered = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
});

interface Flow {
  issuer: number;
  nonce: string;
  verifier: string;
  /** SHA-256 of what the browser that began has as a cookie. */
  browser: Buffer;
  until: number;
}

/** Who an issuer says it is, and with which roles of the team. */
export interface Person {
  issuer: string;
  subject: string;
  /** What an engagement's auditor may have been named by; undefined where the claim is missing or not verified. */
  named: string | undefined;
  roles: PortalRole[];
}

/**
 * Sign-in by the authorization code flow with PKCE, state and nonce.
 * @see OpenID Connect Core 1.0 section 3.1, RFC 7636, RFC 9700
 */
export class PortalOidc {
  readonly #issuers: readonly PortalIssuer[];
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #flows = new Map<string, Flow>();
  readonly #keys = new Map<string, JWTVerifyGetKey>();

  constructor(issuers: readonly PortalIssuer[], clock: Clock, random: RandomBytes) {
    this.#issuers = issuers;
    this.#clock = clock;
    this.#random = random;
  }

  get names(): string[] {
    return this.#issuers.map(({ name }) => name);
  }

  /**
   * Where the browser goes. @param browser what it keeps as a cookie, so that nobody else can end what it began
   * @throws ExhibitError NOT_FOUND, SERVER_BUSY
   */
  async begin(at: number, browser: string, redirect: string): Promise<string> {
    const issuer = this.#issuers[at];
    if (issuer === undefined) throw new ExhibitError('NOT_FOUND', 'there is no such issuer');
    const { authorization_endpoint } = await this.#discover(issuer);
    const now = this.#clock();
    for (const [state, { until }] of this.#flows) if (until <= now) this.#flows.delete(state);
    const [oldest] = this.#flows.keys();
    if (this.#flows.size >= MOST_FLOWS && oldest !== undefined) this.#flows.delete(oldest);
    const [state, nonce, verifier] = [this.#text(), this.#text(), this.#text()];
    this.#flows.set(state, {
      ...{ issuer: at, nonce, verifier, until: now + FLOW_MILLISECONDS },
      browser: sha256(browser),
    });
    const url = new URL(authorization_endpoint);
    const asked = {
      ...{ response_type: 'code', client_id: issuer.client_id, redirect_uri: redirect, state, nonce },
      scope: issuer.scopes.join(' '),
      code_challenge: sha256(verifier).toString('base64url'),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    return url.href;
  }

  /**
   * Who came back. Each state is good once.
   * @param answer query of the redirect, attacker-controlled
   * @throws ExhibitError AUTH_INVALID, SERVER_BUSY where the issuer does not answer
   */
  async end(answer: URLSearchParams, browser: string | undefined, redirect: string): Promise<Person> {
    const state = answer.get('state') ?? '';
    const flow = this.#flows.get(state);
    this.#flows.delete(state);
    const issuer = flow === undefined ? undefined : this.#issuers[flow.issuer];
    if (flow === undefined || issuer === undefined || this.#clock() >= flow.until)
      throw invalid('this sign-in was not begun here, or took too long');
    if (browser === undefined || !timingSafeEqual(sha256(browser), flow.browser))
      throw invalid('this sign-in was begun in another browser');
    // An answer of another issuer must not be shown to this one. @see RFC 9207
    const from = answer.get('iss');
    if (from !== null && from !== issuer.issuer) throw invalid('the answer is of another issuer');
    const code = answer.get('code');
    if (code === null) throw invalid('the issuer did not let you in');
    const endpoints = await this.#discover(issuer);
    const token = await this.#exchange(issuer, endpoints.token_endpoint, {
      ...{ grant_type: 'authorization_code', code, redirect_uri: redirect },
      ...{ client_id: issuer.client_id, code_verifier: flow.verifier },
    });
    const payload = await this.#verified(token, issuer, endpoints.jwks_uri);
    if (payload.nonce !== flow.nonce) throw invalid('the token was made for another sign-in');
    return personOf(payload, issuer);
  }

  async #exchange(issuer: PortalIssuer, url: string, fields: Record<string, string>): Promise<string> {
    const { client_id, client_secret_file } = issuer;
    const headers = new Headers({ accept: 'application/json' });
    if (client_secret_file !== undefined) {
      const secret = (await readFile(client_secret_file, 'utf8')).trim();
      const pair = [client_id, secret].map((part) => new URLSearchParams({ v: part }).toString().slice(2));
      headers.set('authorization', `Basic ${Buffer.from(pair.join(':')).toString('base64')}`);
    }
    const { status, body } = await ask(url, { method: 'POST', headers, body: new URLSearchParams(fields) });
    const token = z.object({ id_token: z.string() }).safeParse(body);
    if (status !== 200 || !token.success) throw invalid(`the issuer answered ${status} instead of a token`);
    return token.data.id_token;
  }

  async #verified(token: string, { issuer, client_id }: PortalIssuer, jwks: string): Promise<JWTPayload> {
    const keys = this.#keys.get(jwks) ?? createRemoteJWKSet(new URL(jwks), { timeoutDuration: TIMEOUT });
    this.#keys.set(jwks, keys);
    try {
      const { payload } = await jwtVerify(token, keys, {
        ...{ issuer, audience: client_id, algorithms: ALGORITHMS, clockTolerance: TOLERANCE },
        requiredClaims: ['exp', 'iat', 'sub', 'nonce'],
        currentDate: new Date(this.#clock()),
      });
      // For several audiences the token says which of them it was made for.
      if (Array.isArray(payload.aud) && payload.aud.length > 1 && payload.azp !== client_id)
        throw invalid('the token was made for another client');
      return payload;
    } catch (cause) {
      if (!(cause instanceof errors.JOSEError)) throw cause;
      throw invalid(`the token does not hold: ${cause.code}`, cause);
    }
  }

  async #discover({ issuer }: PortalIssuer): Promise<z.infer<typeof discovered>> {
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const { status, body } = await ask(url, {});
    const found = discovered.safeParse(body);
    if (status !== 200 || !found.success || found.data.issuer !== issuer) throw away(issuer);
    const { authorization_endpoint, token_endpoint, jwks_uri } = found.data;
    for (const each of [authorization_endpoint, token_endpoint, jwks_uri]) {
      const { protocol, hostname } = new URL(each);
      const near = isLoopback(hostname) && isLoopback(new URL(issuer).hostname);
      if (protocol !== 'https:' && !(protocol === 'http:' && near)) throw away(issuer);
    }
    return found.data;
  }

  #text(): string {
    return Buffer.from(this.#random(32)).toString('base64url');
  }
}

function personOf(payload: JWTPayload, { issuer, auditor_claim, grants }: PortalIssuer): Person {
  const value = payload[auditor_claim];
  // An address that its issuer did not verify is anybody's.
  const verified = auditor_claim !== 'email' || payload.email_verified === true;
  const roles = grants
    .filter(({ claims }) => Object.entries(claims).every(([claim, glob]) => matches(payload[claim], glob)))
    .flatMap((grant) => grant.roles);
  return {
    issuer,
    subject: String(payload.sub),
    named: typeof value === 'string' && verified ? value : undefined,
    roles: [...new Set(roles)],
  };
}

function matches(value: unknown, glob: string): boolean {
  return (Array.isArray(value) ? value : [value]).some(
    (one) => typeof one === 'string' && (one === glob || matchesGlob(glob, one)),
  );
}

async function ask(url: string, init: RequestInit): Promise<{ status: number; body: unknown }> {
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) });
    const text = (await readAll(response.body, MOST_BYTES, url)).toString('utf8');
    return { status: response.status, body: JSON.parse(text) };
  } catch (cause) {
    throw away(new URL(url).origin, cause);
  }
}

function away(issuer: string, cause?: unknown): ExhibitError {
  return new ExhibitError('SERVER_BUSY', `${issuer} does not answer as an issuer does`, {
    cause,
    details: { status: 503 },
  });
}

function invalid(message: string, cause?: unknown): ExhibitError {
  return new ExhibitError('AUTH_INVALID', message, { cause });
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
