import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { credentials, type ServiceError } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  type Client,
  check,
  envoyClient,
} from '../../../src/server/application/testing/envoy-client.ts';
import { applicationBundle, type Source } from '../../../src/server/application/testing/policies.ts';
import { type Harness, harness } from '../../../src/server/testing/harness.ts';
import { certificatesIn, missing } from './openssl.ts';

/** Certificates that openssl makes, and callers that come with them. */
describe.skipIf(missing)(missing ? 'authz by TLS (skipped: no openssl found)' : 'authz by TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-authz-tls-'));
  const file = (name: string) => join(folder, name);
  const { authority, certificate } = certificatesIn(folder);
  const clients: Client[] = [];
  let source: Source;
  let at: Harness;

  beforeAll(async () => {
    for (const name of ['ca', 'stranger']) authority(name);
    certificate('one', 'IP:127.0.0.1', 'ca');
    certificate('two', 'IP:127.0.0.1', 'ca');
    certificate('envoy', 'URI:spiffe://acme/envoy', 'ca');
    certificate('auditor', 'URI:spiffe://acme/auditor', 'ca');
    certificate('other', 'URI:spiffe://acme/other', 'ca');
    certificate('forged', 'URI:spiffe://acme/envoy', 'stranger');
    certificate('old', 'URI:spiffe://acme/envoy', 'ca', '-1');
    for (const part of ['pem', 'key']) copyFileSync(file(`one.${part}`), file(`server.${part}`));
    source = await applicationBundle();
    at = await harness({
      ...source.settings,
      tls: { cert: file('server.pem'), key: file('server.key'), client_ca: file('ca.pem') },
      authz: { listen: { port: 0 }, tls: true },
      auth: {
        mtls: [
          { san: 'URI:spiffe://acme/envoy', roles: ['emitter'], emitters: ['envoy'] },
          { san: 'URI:spiffe://acme/auditor', roles: ['auditor'] },
        ],
      },
    });
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(async () => {
    await at.remove();
    source.remove();
    rmSync(folder, { recursive: true });
  });

  const client = (name?: string): Client => {
    const [ca, key, cert] = ['ca.pem', `${name}.key`, `${name}.pem`].map((each) =>
      each.startsWith('undefined') ? null : readFileSync(file(each)),
    );
    const made = envoyClient(at.server.authz ?? '', credentials.createSsl(ca, key, cert));
    clients.push(made);
    return made;
  };
  /** Fingerprint of the certificate that a new connection is shown. */
  const served = () =>
    new Promise<string>((resolve, reject) => {
      const [host, port] = (at.server.authz ?? '').split(':');
      const [ca, cert, key] = ['ca.pem', 'envoy.pem', 'envoy.key'].map((name) => readFileSync(file(name)));
      const socket = connect({ host, port: Number(port), ca, cert, key, ALPNProtocols: ['h2'] }, () => {
        resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '');
        socket.destroy();
      });
      socket.on('error', reject);
    });
  const answer = (name?: string) =>
    ask(client(name), check('GET', '/cart')).then(
      ({ status }) => status.code,
      ({ code, details }: ServiceError) => `${code} ${details}`,
    );

  it('a caller whose certificate the settings name is answered, and is on the record', async () => {
    expect(await answer('envoy')).toBe(0);
  });

  it.each<[string, string | undefined, RegExp]>([
    ['without a certificate', undefined, /^14 /],
    ['of another authority', 'forged', /^14 /],
    ['whose certificate has expired', 'old', /^14 /],
    ['that no setting names', 'other', /^16 no setting names/],
    ['without the role', 'auditor', /^7 this needs the role/],
  ])('a caller %s is refused', async (_, name, expected) => {
    expect(await answer(name)).toMatch(expected);
  });

  it('plain text gets no answer', async () => {
    const plain = envoyClient(at.server.authz ?? '');
    clients.push(plain);
    const fault = await ask(plain, check('GET', '/cart')).catch(({ code }: ServiceError) => code);
    expect(fault).toBe(14);
  });

  it('a renewed certificate counts for new connections, without a restart', async () => {
    const before = client('envoy');
    expect((await ask(before, check('GET', '/cart'))).status.code).toBe(0);
    for (const part of ['pem', 'key']) copyFileSync(file(`two.${part}`), file(`server.${part}`));
    await at.server.look();
    expect(at.log.some(({ event }) => event === 'certificate taken')).toBe(true);
    expect(await served()).toBe(new X509Certificate(readFileSync(file('two.pem'))).fingerprint256);
    expect(await answer('envoy')).toBe(0);
    // Open connections stay.
    expect((await ask(before, check('GET', '/cart'))).status.code).toBe(0);
  });

  it('names the caller by its salted reference', async () => {
    const records = (await at.records()).filter(({ format }) => format === 'envoy-ext-authz');
    const callers = new Set(records.map(({ actor, actor_verified_by }) => `${actor_verified_by} ${actor}`));
    expect([...callers]).toEqual([expect.stringMatching(/^mTLS actor:[0-9a-f]{24}$/)]);
  });
});
