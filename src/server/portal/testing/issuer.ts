import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

interface Code {
  redirect: string;
  challenge: string;
  nonce: string;
  client: string;
  used: boolean;
}

/** A real provider of OpenID Connect on this machine: authorization code flow with PKCE (S256), one client, one person. */
export interface Issuer {
  readonly url: string;
  /** Claims of the person who signs in, beside those of the flow; what is undefined is left out. */
  claims: JWTPayload;
  /** Signs with a key that is not published. */
  foreignKey: boolean;
  /** What it says of how long its answers may be kept. */
  cacheControl: string | undefined;
  /** How often each of its paths was asked for. */
  readonly asked: Map<string, number>;
  /** Signs with a new key from now on; the old one is not published any more. */
  rotate(): Promise<void>;
  stop(): Promise<void>;
}

export async function issuer(client: { id: string; secret?: string }): Promise<Issuer> {
  let own = await generateKeyPair('ES256');
  let kid = 1;
  const foreign = await generateKeyPair('ES256');
  const counted = new Map<string, number>();
  const codes = new Map<string, Code>();
  const state: Pick<Issuer, 'claims' | 'foreignKey' | 'cacheControl'> = {
    ...{ claims: {}, foreignKey: false, cacheControl: undefined },
  };
  const server: Server = createServer((request, response) => {
    const json = (status: number, value: unknown) => {
      const { cacheControl } = state;
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(cacheControl === undefined ? {} : { 'cache-control': cacheControl }),
      });
      response.end(JSON.stringify(value));
    };
    void answer(request).then(
      ([status, value, to]) => {
        if (to === undefined) return json(status, value);
        response.writeHead(302, { location: to });
        response.end();
      },
      (error: unknown) => json(400, { error: String(error) }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage): Promise<[number, unknown, string?]> {
    const asked = new URL(request.url ?? '', url);
    counted.set(asked.pathname, (counted.get(asked.pathname) ?? 0) + 1);
    switch (asked.pathname) {
      case '/.well-known/openid-configuration':
        return [
          200,
          {
            issuer: url,
            authorization_endpoint: `${url}/authorize`,
            token_endpoint: `${url}/token`,
            jwks_uri: `${url}/keys`,
            authorization_response_iss_parameter_supported: true,
          },
        ];
      case '/keys':
        return [
          200,
          { keys: [{ ...(await exportJWK(own.publicKey)), alg: 'ES256', kid: `key-${kid}`, use: 'sig' }] },
        ];
      case '/authorize':
        return [302, {}, authorize(asked.searchParams)];
      case '/token':
        return [200, { token_type: 'Bearer', access_token: 'none', id_token: await exchange(request) }];
      default:
        return [404, {}];
    }
  }

  function authorize(asked: URLSearchParams): string {
    const of = (name: string) => asked.get(name) ?? '';
    if (of('response_type') !== 'code' || of('client_id') !== client.id)
      throw new Error('unauthorized_client');
    if (of('code_challenge_method') !== 'S256' || of('code_challenge') === '') throw new Error('no PKCE');
    if (!of('scope').split(' ').includes('openid')) throw new Error('invalid_scope');
    const code = randomBytes(16).toString('hex');
    codes.set(code, {
      ...{ redirect: of('redirect_uri'), challenge: of('code_challenge'), nonce: of('nonce') },
      ...{ client: client.id, used: false },
    });
    const back = new URL(of('redirect_uri'));
    back.searchParams.set('code', code);
    back.searchParams.set('state', of('state'));
    back.searchParams.set('iss', url);
    return back.href;
  }

  async function exchange(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const code = codes.get(form.get('code') ?? '');
    if (code === undefined || code.used) throw new Error('invalid_grant');
    code.used = true;
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (verifier !== code.challenge || form.get('redirect_uri') !== code.redirect)
      throw new Error('invalid_grant');
    const basic = Buffer.from(`${client.id}:${client.secret}`).toString('base64');
    if (client.secret !== undefined && request.headers.authorization !== `Basic ${basic}`)
      throw new Error('invalid_client');
    const claims = { iss: url, aud: client.id, sub: 'person-1', nonce: code.nonce, ...state.claims };
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ iat: now, exp: now + 300, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: `key-${kid}` })
      .sign(state.foreignKey ? foreign.privateKey : own.privateKey);
  }

  return Object.assign(state, {
    url,
    asked: counted,
    rotate: async () => {
      own = await generateKeyPair('ES256');
      kid += 1;
    },
    stop: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  });
}
