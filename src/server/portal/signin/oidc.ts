import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { matchesGlob } from '../../../engine/index.ts';
import { type Clock, ExhibitError, type RandomBytes } from '../../../record/index.ts';
import { ALGORITHMS, TOLERANCE } from '../../auth/oidc.ts';
import type { PortalIssuer, PortalRole } from '../settings.ts';
import { Flows } from './flows.ts';
import { askIssuer, IssuerFacts } from './issuer.ts';

/** Sign-ins that came to an end, whose states are remembered until nobody could bring them again. */
const MOST_USED = 10_000;
/** How often at most keys are fetched for one that is not among them, milliseconds. */
const APART = 10_000;

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
  readonly #issuers: readonly { setting: PortalIssuer; facts: IssuerFacts }[];
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #flows: Flows;
  readonly #used = new Map<string, number>();

  /** @param apart milliseconds between two fetches of keys; tests rotate them faster */
  constructor(issuers: readonly PortalIssuer[], clock: Clock, random: RandomBytes, apart = APART) {
    this.#issuers = issuers.map((setting) => ({
      setting,
      facts: new IssuerFacts(setting.issuer, clock, apart),
    }));
    this.#clock = clock;
    this.#random = random;
    this.#flows = new Flows(clock, random);
  }

  get names(): string[] {
    return this.#issuers.map(({ setting }) => setting.name);
  }

  /**
   * Where the browser goes, and the cookie with which it comes back: what began is kept there and nowhere else, so that no number of
   * sign-ins that nobody ends is in the way of another one.
   * @param cookie what it has of sign-ins that it began before; attacker-controlled
   * @throws ExhibitError NOT_FOUND, SERVER_BUSY
   */
  async begin(
    at: number,
    cookie: string | undefined,
    redirect: string,
  ): Promise<{ url: string; cookie: string }> {
    const found = this.#issuers[at];
    if (found === undefined) throw new ExhibitError('NOT_FOUND', 'there is no such issuer');
    const { setting, facts } = found;
    const { authorization_endpoint } = await facts.endpoints();
    const [state, nonce, verifier] = [this.#text(), this.#text(), this.#text()];
    const url = new URL(authorization_endpoint);
    const asked = {
      ...{ response_type: 'code', client_id: setting.client_id, redirect_uri: redirect, state, nonce },
      scope: setting.scopes.join(' '),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    return { url: url.href, cookie: this.#flows.add(cookie, { issuer: at, state, nonce, verifier }) };
  }

  /**
   * Who came back. Each state is good once.
   * @param answer query of the redirect, attacker-controlled
   * @param cookie of the browser, attacker-controlled
   * @throws ExhibitError AUTH_INVALID, SERVER_BUSY where the issuer does not answer
   */
  async end(answer: URLSearchParams, cookie: string | undefined, redirect: string): Promise<Person> {
    const state = answer.get('state') ?? '';
    const flow = this.#flows.find(cookie, state);
    const issuer = flow === undefined ? undefined : this.#issuers[flow.issuer];
    if (flow === undefined || issuer === undefined || this.#used.has(state))
      throw invalid('this sign-in was not begun in this browser, was ended, or took too long');
    const { setting, facts } = issuer;
    const { token_endpoint, authorization_response_iss_parameter_supported: names } = await facts.endpoints();
    // An answer of another issuer must not be shown to this one, nor one that does not say whose it is where the issuer's own do.
    // @see RFC 9207 section 2.4
    const from = answer.get('iss');
    if (from === null ? names : from !== setting.issuer) throw invalid('the answer is of another issuer');
    const code = answer.get('code');
    if (code === null) throw invalid('the issuer did not let you in');
    const token = await this.#exchange(setting, token_endpoint, {
      ...{ grant_type: 'authorization_code', code, redirect_uri: redirect },
      ...{ client_id: setting.client_id, code_verifier: flow.verifier },
    });
    const payload = await this.#verified(token, setting, facts);
    if (payload.nonce !== flow.nonce) throw invalid('the token was made for another sign-in');
    this.#use(state, flow.until);
    return personOf(payload, setting);
  }

  /** Of those that the issuer let in alone: nobody else fills it. @throws ExhibitError AUTH_INVALID where it was used meanwhile */
  #use(state: string, until: number): void {
    if (this.#used.has(state)) throw invalid('this sign-in was ended before');
    const now = this.#clock();
    for (const [each, end] of this.#used) if (end <= now) this.#used.delete(each);
    // Without it a code is still good once: its issuer says so.
    const [oldest] = this.#used.keys();
    if (this.#used.size >= MOST_USED && oldest !== undefined) this.#used.delete(oldest);
    this.#used.set(state, until);
  }

  async #exchange(issuer: PortalIssuer, url: string, fields: Record<string, string>): Promise<string> {
    const { client_id, client_secret_file } = issuer;
    const headers = new Headers({ accept: 'application/json' });
    if (client_secret_file !== undefined) {
      const secret = (await readFile(client_secret_file, 'utf8')).trim();
      const pair = [client_id, secret].map((part) => new URLSearchParams({ v: part }).toString().slice(2));
      headers.set('authorization', `Basic ${Buffer.from(pair.join(':')).toString('base64')}`);
    }
    const { status, body } = await askIssuer(url, {
      method: 'POST',
      headers,
      body: new URLSearchParams(fields),
    });
    const token = z.object({ id_token: z.string() }).safeParse(body);
    if (status !== 200 || !token.success) throw invalid(`the issuer answered ${status} instead of a token`);
    return token.data.id_token;
  }

  async #verified(
    token: string,
    { issuer, client_id }: PortalIssuer,
    facts: IssuerFacts,
  ): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, facts.key, {
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

function invalid(message: string, cause?: unknown): ExhibitError {
  return new ExhibitError('AUTH_INVALID', message, { cause });
}
