import { z } from 'zod';
import { isExhibitError } from '../../../record/index.ts';
import { isLoopback } from '../../loopback.ts';
import type { Reference } from '../reference.ts';
import { parseChallenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import { causeOf, notThere, originFault, readAll } from './faults.ts';

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
  async ask(path: string, accept: string, method: 'GET' | 'HEAD' = 'GET'): Promise<Response> {
    const { name, reference } = this.#options;
    const url = new URL(`/v2/${reference.repository}/${path}`, this.#base);
    try {
      let reply = await this.#send(url, accept, method);
      if (reply.status === 401 && this.#authorization === undefined) {
        await reply.body?.cancel();
        this.#authorization = await this.#identify(reply.headers.get('www-authenticate'));
        reply = await this.#send(url, accept, method);
      }
      if (reply.ok) return reply;
      await reply.body?.cancel();
      throw this.#refused(reply.status);
    } catch (error) {
      if (isExhibitError(error)) throw error;
      throw originFault(name, causeOf(error), {
        cause: error,
        again: true,
        hint: 'The last good bundle is served until the registry answers.',
      });
    }
  }

  async #send(url: URL, accept: string, method: 'GET' | 'HEAD'): Promise<Response> {
    const { name, signal } = this.#options;
    let at = url;
    for (let hop = 0; hop <= HOPS; hop += 1) {
      const authorization = at.origin === this.#base.origin ? this.#authorization : undefined;
      const reply = await fetch(at, {
        method,
        headers: { accept, ...(authorization === undefined ? {} : { authorization }) },
        redirect: 'manual',
        signal,
      });
      const location = reply.headers.get('location');
      if (reply.status < 300 || reply.status > 399 || location === null) return reply;
      await reply.body?.cancel();
      at = new URL(location, at);
      if (!this.#mayAsk(at)) throw originFault(name, `it sends on to ${at.origin}, which is not https`);
    }
    throw originFault(name, `it sends on more than ${HOPS} times`);
  }

  /** https; where the registry is one of this machine without TLS, this machine. */
  #mayAsk({ protocol, hostname, username }: URL): boolean {
    if (username !== '') return false;
    return protocol === 'https:' || (this.#options.insecure && protocol === 'http:' && isLoopback(hostname));
  }

  async #identify(header: string | null): Promise<string> {
    const { name, reference } = this.#options;
    const challenge = parseChallenge(header);
    if (challenge === undefined)
      throw originFault(name, 'it asks for a proof that is neither Basic nor Bearer');
    const credentials = await this.#options.credentials();
    const basic =
      credentials === undefined
        ? undefined
        : `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
    if (challenge.scheme === 'bearer')
      return `Bearer ${await this.#token(challenge.realm, challenge.service, basic)}`;
    if (basic !== undefined) return basic;
    throw originFault(name, 'it wants a user and a password', {
      hint: `Log Docker in to ${reference.registry}, or set oci.username_file and oci.password_file.`,
    });
  }

  async #token(realm: string, service: string | undefined, basic: string | undefined): Promise<string> {
    const { name, reference, tokenHost, signal } = this.#options;
    const url = URL.canParse(realm) ? new URL(realm) : undefined;
    if (url === undefined || !this.#mayAsk(url))
      throw originFault(name, 'it names a place for tokens that is not https');
    if (url.host !== this.#base.host && url.host !== tokenHost)
      throw originFault(name, `it wants a token of ${url.host}, which would be sent the credentials`, {
        hint: `If that is right, set oci.token_host: ${url.host}`,
      });
    if (service !== undefined) url.searchParams.set('service', service);
    url.searchParams.set('scope', `repository:${reference.repository}:pull`);
    const reply = await fetch(url, {
      headers: basic === undefined ? {} : { authorization: basic },
      redirect: 'manual',
      signal,
    });
    if (!reply.ok) {
      await reply.body?.cancel();
      throw this.#refused(reply.status);
    }
    const body = await readAll(reply.body, TOKEN_BYTES, name);
    const token = tokenOf(body);
    if (token === undefined) throw originFault(name, `${url.host} gave no token`);
    return token;
  }

  #refused(status: number): Error {
    const { name, reference } = this.#options;
    if (status === 404) return notThere(name, 'Look at the repository and the tag.');
    if (status === 401 || status === 403)
      return originFault(name, `${status}: access is denied`, {
        hint: `Who asks must be allowed to pull ${reference.repository} from ${reference.registry}.`,
      });
    return originFault(name, `it answers ${status}`, { again: status === 429 || status >= 500 });
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
