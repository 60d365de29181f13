import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority, POLICY, STAMPS_ONLY } from '../testing/authority.ts';
import {
  nonceOf,
  parseRoots,
  type TokenQuestion,
  timestampQuery,
  tokenOfAnswer,
  verifyToken,
} from './index.ts';

const TEXT = Buffer.from('example.com/evidence\n1000\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n');

for (const kind of ['ec', 'rsa'] as const)
  describe(`a token of an authority with ${kind} keys`, () => {
    let tsa: Authority;
    const nonce = nonceOf(randomBytes(16));
    let token: Buffer;
    let question: TokenQuestion;
    const checkOf = (der: Uint8Array, more: Partial<TokenQuestion> = {}) =>
      verifyToken(der, { ...question, ...more }).then(
        () => 'holds',
        (error: { details?: { check?: string } }) => error.details?.check ?? error,
      );

    beforeAll(async () => {
      tsa = new Authority(kind);
      token = tsa.token(await timestampQuery(TEXT, nonce));
      question = { bytes: TEXT, nonce, roots: parseRoots(tsa.root), policies: [POLICY] };
    });
    afterAll(() => tsa.close());

    it('holds, and OpenSSL says the same of it', async () => {
      const before = Date.now();
      const found = await verifyToken(token, question);
      expect(found).toMatchObject({ policy: POLICY, tsa: 'Test tsa', chained: true, accuracy: 1500 });
      // The authority states whole seconds.
      expect(Math.abs(found.at - before)).toBeLessThan(3_600_000);
      tsa.file('text', TEXT);
      tsa.file('token', token);
      expect(
        tsa
          .ssl('ts', '-verify', '-data', 'text', '-in', 'token', '-token_in', '-CAfile', 'root.pem')
          .toString(),
      ).toContain('Verification: OK');
    });

    it('is asked for in the words of OpenSSL', async () => {
      tsa.file('text', TEXT);
      tsa.file('ours.tsq', await timestampQuery(TEXT, nonce));
      const text = tsa.ssl('ts', '-query', '-in', 'ours.tsq', '-text').toString();
      expect(text).toContain('Hash Algorithm: sha256');
      expect(text).toContain('Certificate required: yes');
      expect(text.replaceAll(/[\s-]/g, '')).toContain(`Nonce:0x${nonce.toUpperCase()}`);
      const theirs = tsa.ssl('ts', '-query', '-data', 'text', '-sha256', '-no_nonce', '-cert');
      const imprint = createHash('sha256').update(TEXT).digest();
      expect(theirs.includes(imprint)).toBe(true);
      expect(tsa.read('ours.tsq').includes(imprint)).toBe(true);
    });

    it('fails for other bytes, another nonce, another policy and another root', async () => {
      expect(await checkOf(token, { bytes: Buffer.from(`${TEXT}x`) })).toBe('imprint');
      expect(await checkOf(token, { nonce: nonceOf(randomBytes(16)) })).toBe('nonce');
      expect(await checkOf(token, { policies: ['1.2.3.4'] })).toBe('policy');
      const other = new Authority('ec');
      expect(await checkOf(token, { roots: parseRoots(other.root) })).toBe('chain');
      expect(await checkOf(token, { roots: [] })).toBe('chain');
      await other.close();
    });

    it('fails without a nonce, and with SHA-1 over what is stamped', async () => {
      tsa.file('text', TEXT);
      const plain = tsa.token(tsa.ssl('ts', '-query', '-data', 'text', '-sha256', '-no_nonce', '-cert'));
      expect(await checkOf(plain)).toBe('nonce');
      const sha1 = tsa.token(tsa.ssl('ts', '-query', '-data', 'text', '-sha1', '-cert'));
      expect(await checkOf(sha1)).toBe('imprint');
    });

    it('fails where the authority sent no certificate', async () => {
      tsa.file('text', TEXT);
      const bare = tsa.token(tsa.ssl('ts', '-query', '-data', 'text', '-sha256'));
      const asked = tsa.ssl('ts', '-query', '-in', 'query.tsq', '-text').toString();
      const own = /Nonce: 0x([0-9A-F]+)/.exec(asked)?.[1]?.toLowerCase() ?? '';
      expect(await checkOf(bare, { nonce: own })).toBe('signer');
    });

    it('fails, or says the same, whatever byte of it is changed', async () => {
      const changed = (at: number) => {
        const bytes = Buffer.from(token);
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        return bytes;
      };
      expect(await checkOf(changed(token.length - 1))).toBe('signature');
      // The year of genTime, in what is signed.
      const year = token.indexOf(Buffer.from([0x18, 0x0f])) + 5;
      expect(await checkOf(changed(year))).not.toBe('holds');
      const same = await verifyToken(token, question);
      let refused = 0;
      for (let at = 0; at < token.length; at += 11) {
        const found = await verifyToken(changed(at), question).catch(() => undefined);
        // Nobody signs the list of digest algorithms of CMS, nor its version: what is read from the rest stays.
        if (found === undefined) refused += 1;
        else expect(found, `byte ${at}`).toEqual(same);
      }
      // Nor is the copy of the root that it carries looked at: the root is the reader's.
      expect(refused).toBeGreaterThan((token.length / 11) * 0.7);
      expect(await checkOf(token.subarray(0, -1))).toBe('form');
      expect(await checkOf(Buffer.concat([token, Buffer.of(0)]))).toBe('form');
      expect(await checkOf(Buffer.alloc(70_000))).toBe('form');
      expect(await checkOf(Buffer.alloc(60_000, 0x30))).toBe('form');
    });

    it('fails for a certificate that is for more than time stamps, or not critically for them', async () => {
      tsa.certificate('good', { extensions: STAMPS_ONLY });
      expect(await checkOf(tsa.signedBy('good', token))).toBe('holds');
      tsa.certificate('more', { extensions: 'extendedKeyUsage=critical,timeStamping,emailProtection\n' });
      expect(await checkOf(tsa.signedBy('more', token))).toBe('usage');
      tsa.certificate('soft', { extensions: 'extendedKeyUsage=timeStamping\n' });
      expect(await checkOf(tsa.signedBy('soft', token))).toBe('usage');
      tsa.certificate('none', {});
      expect(await checkOf(tsa.signedBy('none', token))).toBe('usage');
    });

    it('fails for a certificate that was not valid then', async () => {
      tsa.certificate('old', { extensions: STAMPS_ONLY, from: '20200101000000Z', until: '20210101000000Z' });
      expect(await checkOf(tsa.signedBy('old', token))).toBe('validity');
      tsa.certificate('new', { extensions: STAMPS_ONLY, from: '20900101000000Z' });
      expect(await checkOf(tsa.signedBy('new', token))).toBe('validity');
    });

    it('fails where the id of the certificate is missing, of SHA-1, or of another one', async () => {
      expect(await checkOf(tsa.signedBy('tsa', token, { cades: false }))).toBe('certificate-id');
      // Two certificates of one key and one number: it signs with the first and carries the second.
      tsa.certificate('first', { extensions: STAMPS_ONLY, serial: '7777' });
      tsa.certificate('second', {
        extensions: STAMPS_ONLY,
        serial: '7777',
        key: 'first',
        until: '20980101000000Z',
      });
      expect(await checkOf(tsa.signedBy('first', token))).toBe('holds');
      expect(await checkOf(tsa.signedBy('first', token, { carried: 'second' }))).toBe('certificate-id');
      const old = new Authority(kind, { essAlgorithm: 'sha1' });
      const sha1 = old.token(await timestampQuery(TEXT, nonce));
      expect(await checkOf(sha1, { roots: parseRoots(old.root) })).toBe('certificate-id');
      await old.close();
    });

    it('fails where a certificate that may not issue others issued the one that signed', async () => {
      tsa.certificate('under', { extensions: STAMPS_ONLY, issuer: 'tsa' });
      expect(await checkOf(tsa.signedBy('under', token, { chain: ['tsa'] }))).toBe('chain');
      tsa.certificate('middle', {
        extensions: 'basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n',
      });
      tsa.certificate('below', { extensions: STAMPS_ONLY, issuer: 'middle' });
      expect(await checkOf(tsa.signedBy('below', token, { chain: ['middle'] }))).toBe('holds');
      expect(await checkOf(tsa.signedBy('below', token))).toBe('chain');
    });

    it('fails in the end where two authorities issued each other', async () => {
      const extensions = 'basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n';
      tsa.certificate('one', { extensions });
      tsa.certificate('two', { extensions, issuer: 'one' });
      // Of the name and key of the first, issued by the second.
      tsa.certificate('again', { extensions, issuer: 'two', key: 'one', subject: 'Test one' });
      tsa.certificate('leaf', { extensions: STAMPS_ONLY, issuer: 'two' });
      const circle = tsa.signedBy('leaf', token, { chain: ['two', 'again'] });
      expect(await checkOf(circle, { roots: parseRoots(tsa.root) })).toBe('chain');
    });

    it('is taken out of the answer as it is, and only where it was granted', async () => {
      expect(Buffer.compare(tokenOfAnswer(tsa.read('whole.tsr')), tsa.read('token.der'))).toBe(0);
      // A hash that this authority does not take.
      tsa.file('text', TEXT);
      const refused = tsa.answer(tsa.ssl('ts', '-query', '-data', 'text', '-sha512', '-cert'));
      expect(() => tokenOfAnswer(refused)).toThrowError(/status.*the hash is not known there/);
      expect(() => tokenOfAnswer(Buffer.from('<html>'))).toThrowError(/form/);
      expect(() => tokenOfAnswer(Buffer.alloc(70_000))).toThrowError(/form/);
    });
  });

it('reads no roots where there are none', () => {
  expect(() => parseRoots('no certificate')).toThrowError(/holds no certificate/);
  expect(() => parseRoots('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toThrowError(
    /cannot be read/,
  );
});

it('knows OpenSSL', () => {
  expect(execFileSync('openssl', ['version']).toString()).toContain('OpenSSL');
});
