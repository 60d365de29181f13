import { z } from 'zod';
import { isExhibitError } from '../../../record/index.ts';
import { isLoopback } from '../../loopback.ts';
import type { Reference } from '../reference.ts';
import { parseChallenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import { causeOf, notThere, originFault, readAll, type Thing } from './faults.ts';

const HOPS = 3;
const TOKEN_BYTES = 64 * 1024;
const tokenSchema = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
});

export interface RegistryOptions {
  /** For messages. */
  name: string;
  reference: Reference;
  insecure: boolean;
  /** A host beside the registry's own that may be sent the credentials. */
  tokenHost: string | undefined;
  credentials(): Promise<Credentials | undefined>;
  signal: AbortSignal;
  /** What is exchanged, where it is not a bundle. */
  thing?: Thing;
  /** Asks for the right to write as well. */
  write?: boolean;
}

/** One request: what is sent, besides who asks. */
interface Sent {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  headers: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
}

/** What a registry answered: its status, where it is none that is refused. */
export interface Asked {
  /** Statuses that are an answer here, besides 2xx. */
  also?: readonly number[];
}

/**
 * One reading of one repository. Who asks is told only after the registry wants it, and only to the registry and to the host
 * that gives its tokens; a redirect to another host (where many keep their blobs) is followed without it.
 * @see OCI Distribution Specification 1.1, "Pull"
 */
export class Registry {
  readonly #options: RegistryOptions;
  readonly #base: URL;
  #authorization: string | undefined;

  constructor(options: RegistryOptions) {
    const { reference, insecure } = options;
    this.#options = options;
    this.#base = new URL(`${insecure ? 'http' : 'https'}://${reference.registry}`);
  }

  /**
   * @param path below the repository, such as `manifests/latest`
   * @throws ExhibitError NOT_FOUND, BUNDLE_ORIGIN
   */
  async ask(
    path: string,
    accept: string,
    method: 'GET' | 'HEAD' = 'GET',
    asked: Asked = {},
  ): Promise<Response> {
    return this.#exchange(this.#url(path), { method, headers: { accept } }, asked);
  }

  /**
   * Sends something, such as `PUT manifests/latest`.
   * @param path below the repository, or the place of an upload that the registry named
   * @throws ExhibitError NOT_FOUND, or the code of what is exchanged
   */
  async send(
    path: string | URL,
    method: 'POST' | 'PUT',
    type: string,
    body: Uint8Array<ArrayBuffer> = new Uint8Array(),
  ): Promise<Response> {
    const url = path instanceof URL ? path : this.#url(path);
    if (url.origin !== this.#base.origin && !this.#mayAsk(url))
      throw this.#fault(`it sends on to ${url.origin}, which is not https`);
    return this.#exchange(url, { method, headers: { 'content-type': type }, body }, {});
  }

  /** The place of an upload, as the registry named it. */
  placeOf(location: string | null): URL {
    if (location === null || !URL.canParse(location, this.#base.href))
      throw this.#fault('it names no place for an upload');
    return new URL(location, this.#base);
  }

  #url(path: string): URL {
    return new URL(`/v2/${this.#options.reference.repository}/${path}`, this.#base);
  }

  #fault(why: string, more: { hint?: string; again?: boolean; cause?: unknown } = {}): Error {
    return originFault(this.#options.name, why, more, this.#options.thing);
  }

  async #exchange(url: URL, sent: Sent, { also = [] }: Asked): Promise<Response> {
    try {
      let reply = await this.#send(url, sent);
      if (reply.status === 401 && this.#authorization === undefined) {
        await reply.body?.cancel();
        this.#authorization = await this.#identify(reply.headers.get('www-authenticate'));
        reply = await this.#send(url, sent);
      }
      if (reply.ok || also.includes(reply.status)) return reply;
      await reply.body?.cancel();
      throw this.#refused(reply.status);
    } catch (error) {
      if (isExhibitError(error)) throw error;
      const hint = 'The last good bundle is served until the registry answers.';
      throw this.#fault(causeOf(error), {
        cause: error,
        again: true,
        ...(this.#options.thing === undefined ? { hint } : {}),
      });
    }
  }

  async #send(url: URL, { method, headers, body }: Sent): Promise<Response> {
    const { signal } = this.#options;
    let at = url;
    for (let hop = 0; hop <= HOPS; hop += 1) {
      const authorization = at.origin === this.#base.origin ? this.#authorization : undefined;
      const reply = await fetch(at, {
        method,
        headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
        ...(body === undefined ? {} : { body }),
        redirect: 'manual',
        signal,
      });
      const location = reply.headers.get('location');
      // What is sent goes only where it was meant to go.
      if (method === 'POST' || method === 'PUT') return reply;
      if (reply.status < 300 || reply.status > 399 || location === null) return reply;
      await reply.body?.cancel();
      at = new URL(location, at);
      if (!this.#mayAsk(at)) throw this.#fault(`it sends on to ${at.origin}, which is not https`);
    }
    throw this.#fault(`it sends on more than ${HOPS} times`);
  }

  /** https; where the registry is one of this machine without TLS, this machine. */
  #mayAsk({ protocol, hostname, username }: URL): boolean {
    if (username !== '') return false;
    return protocol === 'https:' || (this.#options.insecure && protocol === 'http:' && isLoopback(hostname));
  }

  async #identify(header: string | null): Promise<string> {
    const { reference } = this.#options;
    const challenge = parseChallenge(header);
    if (challenge === undefined) throw this.#fault('it asks for a proof that is neither Basic nor Bearer');
    const credentials = await this.#options.credentials();
    const basic =
      credentials === undefined
        ? undefined
        : `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
    if (challenge.scheme === 'bearer')
      return `Bearer ${await this.#token(challenge.realm, challenge.service, basic)}`;
    if (basic !== undefined) return basic;
    throw this.#fault('it wants a user and a password', {
      hint: `Log Docker in to ${reference.registry}, or set oci.username_file and oci.password_file.`,
    });
  }

  async #token(realm: string, service: string | undefined, basic: string | undefined): Promise<string> {
    const { name, reference, tokenHost, signal } = this.#options;
    const url = URL.canParse(realm) ? new URL(realm) : undefined;
    if (url === undefined || !this.#mayAsk(url))
      throw this.#fault('it names a place for tokens that is not https');
    if (url.host !== this.#base.host && url.host !== tokenHost)
      throw this.#fault(`it wants a token of ${url.host}, which would be sent the credentials`, {
        hint: `If that is right, set oci.token_host: ${url.host}`,
      });
    if (service !== undefined) url.searchParams.set('service', service);
    url.searchParams.set(
      'scope',
      `repository:${reference.repository}:${this.#options.write === true ? 'pull,push' : 'pull'}`,
    );
    const reply = await fetch(url, {
      headers: basic === undefined ? {} : { authorization: basic },
      redirect: 'manual',
      signal,
    });
    if (!reply.ok) {
      await reply.body?.cancel();
      throw this.#refused(reply.status);
    }
    const body = await readAll(reply.body, TOKEN_BYTES, name, this.#options.thing);
    const token = tokenOf(body);
    if (token === undefined) throw this.#fault(`${url.host} gave no token`);
    return token;
  }

  #refused(status: number): Error {
    const { name, reference, thing, write } = this.#options;
    if (status === 404) return notThere(name, 'Look at the repository and the tag.', undefined, thing);
    if (status === 401 || status === 403)
      return this.#fault(`${status}: access is denied`, {
        hint: `Who asks must be allowed to ${write === true ? 'push to' : 'pull'} ${reference.repository} ${write === true ? 'at' : 'from'} ${reference.registry}.`,
      });
    return this.#fault(`it answers ${status}`, { again: status === 429 || status >= 500 });
  }
}

function tokenOf(body: Buffer): string | undefined {
  try {
    const { token, access_token } = tokenSchema.parse(JSON.parse(body.toString('utf8')));
    const found = token ?? access_token;
    return found !== undefined && /^[\x21-\x7e]+$/.test(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
