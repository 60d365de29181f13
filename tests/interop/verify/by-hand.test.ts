import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatProof, formatVkey, makeVkey } from '../../../src/verify/index.ts';
import { nodeCrypto } from '../../../src/verify/node.ts';
import { signedCheckpoint, type TestKey, testRecord } from '../../../src/verify/testing/log.ts';
import { referenceTree } from '../../../src/verify/testing/reference.ts';
import { followPage, reason } from './page.ts';

const work = mkdtempSync(join(tmpdir(), 'exhibit-by-hand-'));
afterAll(() => rmSync(work, { recursive: true }));

const { sha256 } = nodeCrypto;
function testKey(name: string): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return { key: makeVkey(sha256, name, raw), sign: (message) => sign(null, message, privateKey) };
}
const log = testKey('example.com/exhibit/by-hand');
const witness = testKey('witness.example.com');
const all = Array.from({ length: 300 }, (_, i) => testRecord(i));

function proofOf(index: number, size: number, extra?: Uint8Array): string {
  const records = all.slice(0, size);
  const tree = referenceTree(sha256);
  const checkpoint = signedCheckpoint(tree.root(records), size, [log, witness]);
  return formatProof({
    index,
    hashes: tree.inclusion(index, records),
    checkpoint,
    ...(extra === undefined ? {} : { extra }),
  });
}

function follow(files: { record: Uint8Array; proof: string; vkey?: string }) {
  const folder = mkdtempSync(join(work, 'run-'));
  writeFileSync(join(folder, 'record.json'), files.record);
  writeFileSync(join(folder, 'record.tlog-proof'), files.proof);
  writeFileSync(join(folder, 'log.vkey'), `${files.vkey ?? formatVkey(log.key)}\n`);
  return followPage(folder);
}
const recordAt = (index: number): Uint8Array => all[index] ?? expect.fail('no such record');

describe.skipIf(reason !== '')(
  `the page "Verify one record by hand"${reason === '' ? '' : ` (skipped: ${reason})`}`,
  () => {
    it.each([
      [0, 1],
      [0, 2],
      [1, 2],
      [6, 7],
      [4, 7],
      [255, 256],
      [256, 257],
      [123, 300],
      [299, 300],
    ])('record %d of %d', (index, size) => {
      const { status, stdout, stderr } = follow({ record: recordAt(index), proof: proofOf(index, size) });
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect(stdout).toContain(`RESULT: hashed and signed: record ${index} of ${size} in ${log.key.name}`);
    });

    it('a key whose base64 ends with a plus, the sign between the parts of a verifier key', () => {
      let ending = testKey(log.key.name);
      for (let tries = 0; tries < 10_000 && !formatVkey(ending.key).endsWith('+'); tries += 1) {
        ending = testKey(log.key.name);
      }
      expect(formatVkey(ending.key)).toMatch(/\+$/);
      const checkpoint = signedCheckpoint(referenceTree(sha256).root([recordAt(0)]), 1, [ending]);
      const proof = formatProof({ index: 0, hashes: [], checkpoint });
      const { stderr, status } = follow({ record: recordAt(0), proof, vkey: formatVkey(ending.key) });
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    });

    it('a proof with extra data', () => {
      expect(follow({ record: recordAt(5), proof: proofOf(5, 9, Buffer.from('extra')) }).status).toBe(0);
    });

    it.each([
      ['another record', { record: recordAt(4) }, /not in the tree/],
      ['a newline', { record: Buffer.concat([recordAt(3), Buffer.from('\n')]) }, /remove it/],
      ['another index', { proof: proofOf(3, 7).replace('index 3', 'index 2') }, /not in the tree/],
      ['an index too large', { proof: proofOf(3, 7).replace('index 3', 'index 7') }, /not in the tree/],
      ['a hash less', { proof: proofOf(3, 7).replace(/(index 3\n)[^\n]+\n/, '$1') }, /too few/],
      ['a hash more', { proof: proofOf(3, 7).replace('\n\n', `\n${'A'.repeat(43)}=\n\n`) }, /too many/],
      ['a changed size', { proof: proofOf(3, 7).replace('\n7\n', '\n8\n') }, /does not verify/],
      ['another log', { vkey: formatVkey(testKey('example.com/other').key) }, /another log/],
      ['another key', { vkey: formatVkey(testKey(log.key.name).key) }, /did not sign/],
      [
        'a damaged key',
        { vkey: formatVkey(log.key).replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')) },
        /damaged/,
      ],
    ])('stops at %s', (_, change, message) => {
      const { status, stdout, stderr } = follow({ record: recordAt(3), proof: proofOf(3, 7), ...change });
      expect(stderr).toMatch(message);
      expect(stdout).not.toContain('RESULT');
      expect(status).not.toBe(0);
    });
  },
);
