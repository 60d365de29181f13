import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Issuer, issuer } from '../testing/issuer.ts';
import { IssuerFacts, keptSeconds } from './issuer.ts';

let provider: Issuer;
beforeAll(async () => {
  provider = await issuer({ id: 'exhibit' });
});
afterAll(() => provider?.stop());

const asked = (path: string) => provider.asked.get(path) ?? 0;
const DISCOVERY = '/.well-known/openid-configuration';

describe('what an issuer says', () => {
  // RFC 9111 section 5.2.2.
  test.each([
    [null, 600],
    ['', 600],
    ['public', 600],
    ['max-age=300', 300],
    ['public, max-age=300, must-revalidate', 300],
    ['MAX-AGE="120"', 120],
    ['max-age=5', 60],
    ['max-age=31536000', 3_600],
    ['max-age=-1', 600],
    ['no-store', 60],
    ['no-cache, max-age=900', 60],
  ])('with the header %s is kept for %d seconds', (header, seconds) => {
    expect(keptSeconds(header)).toBe(seconds);
  });

  test('is asked once by all who come at the same time, and again when its time is over', async () => {
    let now = 1_000_000;
    provider.cacheControl = 'max-age=300';
    const facts = new IssuerFacts(provider.url, () => now, 10_000);
    const before = asked(DISCOVERY);
    await Promise.all(Array.from({ length: 20 }, () => facts.endpoints()));
    expect(asked(DISCOVERY) - before).toBe(1);
    now += 299_999;
    await facts.endpoints();
    expect(asked(DISCOVERY) - before).toBe(1);
    now += 1;
    await facts.endpoints();
    expect(asked(DISCOVERY) - before).toBe(2);
  });

  test('of its keys is asked again for one that is not among them, once in ten seconds at most', async () => {
    let now = 1_000_000;
    provider.cacheControl = undefined;
    const facts = new IssuerFacts(provider.url, () => now, 10_000);
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    expect((await exportJWK(privateKey)).crv).toBe('P-256');
    const before = asked('/keys');
    const look = async () => {
      const header = { alg: 'ES256', kid: 'unknown' };
      const jws = await new SignJWT({}).setProtectedHeader(header).sign(privateKey);
      const [head = '', payload = '', signature = ''] = jws.split('.');
      await expect(facts.key(header, { protected: head, payload, signature })).rejects.toMatchObject({
        code: 'ERR_JWKS_NO_MATCHING_KEY',
      });
    };
    for (let tries = 0; tries < 5; tries += 1) await look();
    expect(asked('/keys') - before).toBe(1);
    now += 10_000;
    for (let tries = 0; tries < 5; tries += 1) await look();
    expect(asked('/keys') - before).toBe(2);
  });

  test('that does not come is asked for once a second at most', async () => {
    let now = 1_000_000;
    const facts = new IssuerFacts(`${provider.url}/nowhere`, () => now, 10_000);
    const path = `/nowhere${DISCOVERY}`;
    for (let tries = 0; tries < 5; tries += 1)
      await expect(facts.endpoints()).rejects.toMatchObject({ code: 'SERVER_BUSY' });
    expect(asked(path)).toBe(1);
    now += 1_000;
    await expect(facts.endpoints()).rejects.toMatchObject({ code: 'SERVER_BUSY' });
    expect(asked(path)).toBe(2);
  });
});
