import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  formatLevel,
  formatVkey,
  makeVkey,
  parseNote,
  parseTrustPolicy,
  type VerifierKey,
  verifyLog,
  witnessedLevel,
} from './index.ts';
import { nodeCrypto } from './node.ts';
import { type Cosigner, cosigner } from './testing/cosigner.ts';
import { logFiles, signedCheckpoint, type TestKey, testRecord } from './testing/log.ts';
import { referenceTree } from './testing/reference.ts';

const { sha256 } = nodeCrypto;
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const LOG: TestKey = {
  key: makeVkey(sha256, 'example.com/log', publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)),
  sign: (message) => sign(null, message, privateKey),
};
const records = Array.from({ length: 400 }, (_, i) => testRecord(i));
const [one, two, three] = [1, 2, 3].map((seed) => cosigner(`w${seed}.example.com`, seed)) as [
  Cosigner,
  Cosigner,
  Cosigner,
];
const tree = referenceTree(sha256);

function note(size: number, by: readonly Cosigner[], of: readonly Uint8Array[] = records): string {
  const checkpoint = signedCheckpoint(tree.root(of.slice(0, size)), size, [LOG]);
  const { text } = parseNote(checkpoint);
  return checkpoint + by.map((witness) => witness.cosign(text, 1_700_000_000 + size)).join('');
}

/** A log of 400 records that keeps co-signed checkpoints. */
function log(kept: Record<number, string>, entries = records): Map<string, Uint8Array> {
  const files = logFiles(sha256, entries, [LOG]);
  const sizes = Object.keys(kept).sort((a, b) => Number(b) - Number(a));
  files.set('cosigned/index', Buffer.from(sizes.map((size) => `${size}\n`).join('')));
  for (const [size, text] of Object.entries(kept)) files.set(`cosigned/${size}`, Buffer.from(text));
  return files;
}
const witnesses = [one.key, two.key, three.key];
const verify = (files: Map<string, Uint8Array>, keys: VerifierKey[] = witnesses) =>
  verifyLog((path) => files.get(path), nodeCrypto, [LOG.key, ...keys]);
const policy = (k: number) =>
  parseTrustPolicy(
    sha256,
    Buffer.from(
      `log ${formatVkey(LOG.key)}\nwitness a ${formatVkey(one.key)}\nwitness b ${formatVkey(two.key)}\nwitness c ${formatVkey(three.key)}\ngroup q ${k} a b c\nquorum q\n`,
    ),
  );

describe('a log that keeps co-signed checkpoints', () => {
  it('contains each, and the one that reaches the quorum counts', async () => {
    const files = log({
      100: note(100, [one, two, three]),
      300: note(300, [one, two]),
      390: note(390, [three]),
    });
    const { checkpoint, cosigned } = await verify(files);
    expect(cosigned.map(({ size }) => size)).toEqual([390, 300, 100]);
    const upTo = (k: number) => witnessedLevel(checkpoint, cosigned, witnesses, policy(k));
    expect(upTo(1)).toMatchObject({ upTo: { size: 390, of: 400 }, quorum: 'q' });
    expect(upTo(2)).toMatchObject({ upTo: { size: 300, of: 400 } });
    expect(upTo(3)).toMatchObject({ upTo: { size: 100, of: 400 } });
    // Without a policy: the one that most have signed.
    expect(formatLevel(witnessedLevel(checkpoint, cosigned, witnesses))).toContain(
      'up to size 100 of 400; the records from 100 on are not witnessed',
    );
  });

  it('says that no quorum is reached where none is', async () => {
    const { checkpoint, cosigned } = await verify(
      log({ 300: note(300, [one, two]), 390: note(390, [three]) }),
    );
    expect(() => witnessedLevel(checkpoint, cosigned, witnesses, policy(3))).toThrow(
      /quorum q is not reached/,
    );
  });

  it('of its own size has no part that is not witnessed', async () => {
    const { checkpoint, cosigned } = await verify(log({ 400: note(400, [one]) }));
    expect(witnessedLevel(checkpoint, cosigned, witnesses)).not.toHaveProperty('upTo');
    expect(witnessedLevel(checkpoint, cosigned, witnesses).witnessed).toHaveLength(1);
  });

  it('was rewritten and signed again: a co-signed checkpoint says from where', async () => {
    const forged = [...records.slice(0, 250), testRecord(999), ...records.slice(251)];
    await expect(verify(log({ 200: note(200, [one]), 300: note(300, [one]) }, forged))).rejects.toMatchObject(
      {
        code: 'LEDGER_ROLLBACK',
        details: { index: 200, last: 299, size: 300 },
      },
    );
  });

  it('was rolled back below one', async () => {
    const files = log({ 300: note(300, [one]) }, records.slice(0, 280));
    await expect(verify(files)).rejects.toMatchObject({
      code: 'LEDGER_ROLLBACK',
      details: { size: 280, known: 300 },
    });
  });

  it('shows another root at the same size', async () => {
    const files = log({ 400: note(400, [one]) }, [...records.slice(0, 399), testRecord(999)]);
    await expect(verify(files)).rejects.toMatchObject({ code: 'LEDGER_FORK' });
  });

  it('has a cosignature of a known witness that does not verify', async () => {
    const files = log({ 300: note(300, []) + two.cosign('example.com/log\n301\n', 5) });
    await expect(verify(files)).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID' });
    // Who does not know the witness does not look at its line.
    expect((await verify(files, [one.key])).cosigned).toHaveLength(1);
  });

  it('has one of a key that the reader does not know: it is left out', async () => {
    const other = generateKeyPairSync('ed25519');
    const key = makeVkey(
      sha256,
      'example.com/log',
      other.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
    );
    const stranger: TestKey = { key, sign: (message) => sign(null, message, other.privateKey) };
    const foreign = signedCheckpoint(tree.root(records.slice(0, 300)), 300, [stranger]);
    const { text } = parseNote(foreign);
    const files = log({ 300: foreign + one.cosign(text, 5), 200: note(200, [one]) });
    expect((await verify(files)).cosigned.map(({ size }) => size)).toEqual([200]);
  });

  it.each([
    [
      'a missing file',
      (files: Map<string, Uint8Array>) => files.delete('cosigned/300'),
      /cosigned\/300 is missing/,
    ],
    [
      'an index that is none',
      (files: Map<string, Uint8Array>) => files.set('cosigned/index', Buffer.from('x\n')),
      /no size/,
    ],
    [
      'an index in another order',
      (files: Map<string, Uint8Array>) => files.set('cosigned/index', Buffer.from('200\n300\n')),
      /from large to small/,
    ],
    [
      'an index that was cut',
      (files: Map<string, Uint8Array>) => files.set('cosigned/index', Buffer.from('30')),
      /newline/,
    ],
  ])('with %s does not hold', async (_, change, message) => {
    const files = log({ 300: note(300, [one]), 200: note(200, [one]) });
    change(files);
    await expect(verify(files)).rejects.toMatchObject({
      code: 'LEDGER_CORRUPT',
      message: expect.stringMatching(message),
    });
  });
});
