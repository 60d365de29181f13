import { mkdtempSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// Not part of the ledger's contract: records for tests.
import { decision } from '../../../src/ledger/testing/records.ts';
import { type Harness, harness, lines } from '../../../src/server/testing/harness.ts';
import { certificatesIn, missing } from './openssl.ts';

/** Certificates that openssl makes, and callers that come with them. */
describe.skipIf(missing)(missing ? 'TLS (skipped: no openssl found)' : 'TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-tls-'));
  const file = (name: string) => join(folder, name);
  const { authority, certificate } = certificatesIn(folder);
  let at: Harness;

  beforeAll(async () => {
    authority('ca');
    authority('stranger');
    certificate('server', 'IP:127.0.0.1', 'ca');
    certificate('opa', 'URI:spiffe://acme/opa', 'ca');
    certificate('other', 'URI:spiffe://acme/other', 'ca');
    certificate('forged', 'URI:spiffe://acme/opa', 'stranger');
    at = await harness({
      tls: { cert: file('server.pem'), key: file('server.key'), client_ca: file('ca.pem') },
      auth: { mtls: [{ san: 'URI:spiffe://acme/opa', roles: ['emitter'], emitters: ['ci/shop'] }] },
    });
  });
  afterAll(() => at.remove());

  const post = (name: string | undefined, token?: string) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const agent = new Agent({
        ca: readFileSync(file('ca.pem')),
        ...(name === undefined
          ? {}
          : { cert: readFileSync(file(`${name}.pem`)), key: readFileSync(file(`${name}.key`)) }),
      });
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const call = request(`${at.url}/v1/records`, { method: 'POST', agent, headers }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      });
      call.on('error', reject);
      call.end(lines([{ ...decision('ci/shop', Date.parse('2026-11-25T12:00:00Z')), sequence: 0 }]));
    });

  it('a caller with a certificate of the authority sends under its name', async () => {
    expect((await post('opa')).status).toBe(200);
  });

  it.each([
    ['without a certificate', undefined, 401],
    ['whose name nothing lets in', 'other', 401],
    ['whose certificate another authority signed', 'forged', 401],
  ])('one %s does not', async (_, name, status) => {
    expect((await post(name)).status).toBe(status);
  });

  it('a token goes over the same connection', async () => {
    expect((await post(undefined, at.tokens.emitter)).status).toBe(200);
  });

  it('how a caller proved who it is stands on the record', async () => {
    const [record] = (await at.records()).filter(({ record_type }) => record_type === 'decision');
    expect(record?.actor_verified_by).toBe('mTLS');
  });
});
