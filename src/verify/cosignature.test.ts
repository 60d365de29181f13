import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  cosignedMessage,
  formatNote,
  formatSignature,
  formatVkey,
  levelOf,
  makeVkey,
  openCheckpoint,
  parseTrustPolicy,
  parseVkey,
  requireQuorum,
  timestamped,
} from './index.ts';
import { nodeCrypto } from './node.ts';
import { cosigner } from './testing/cosigner.ts';

const { sha256 } = nodeCrypto;
const NAME = 'witness.example.org/w1';
const ROOT = Buffer.alloc(32, 7);
const TEXT = `example.com/log\n12\n${ROOT.toString('base64')}\nan extension\n`;

/** A log's key, which is here only because a checkpoint has one. */
const logKey = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 9)]),
  format: 'der',
  type: 'pkcs8',
});
const raw = createPublicKey(logKey).export({ format: 'der', type: 'spki' }).subarray(-32);
const LOG = makeVkey(sha256, 'example.com/log', raw);
const own = formatSignature(LOG, sign(null, Buffer.from(TEXT), logKey));

/** Node before 24.6 has no such keys: then these tests are left out. */
const has = nodeCrypto.verifyMlDsa44 !== undefined;

/** RFC 9881: a PKCS #8 key that is the seed alone. */
const seedKey = Buffer.concat([
  Buffer.from('3034020100300b060960864801650304031104228020', 'hex'),
  Buffer.alloc(32, 1),
]);
const secret = has ? createPrivateKey({ key: seedKey, format: 'der', type: 'pkcs8' }) : logKey;
const publicKey = has
  ? createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-1312)
  : Buffer.alloc(1312);
const KEY = makeVkey(sha256, NAME, publicKey, 'ml-dsa-44');

/** The message as the structure of the specification, written out by hand. */
function message(
  time: number,
  over: { name?: string; origin?: string; start?: number; end?: number; root?: Buffer } = {},
) {
  const { name = NAME, origin = 'example.com/log', start = 0, end = 12, root = ROOT } = over;
  const u64 = (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(value));
    return bytes;
  };
  return Buffer.concat([
    Buffer.from('73756274726565' + '2f76310a00', 'hex'),
    Buffer.from([name.length]),
    Buffer.from(name),
    u64(time),
    Buffer.from([origin.length]),
    Buffer.from(origin),
    u64(start),
    u64(end),
    root,
  ]);
}
const line = (time: number, over: Parameters<typeof message>[1] = {}) =>
  formatSignature(KEY, timestamped(time, sign(null, message(time, over), secret)));
const open = (...lines: string[]) =>
  openCheckpoint(formatNote(TEXT, [own, ...lines]), [LOG, KEY], nodeCrypto);

describe.skipIf(!has)(`a cosignature of ML-DSA-44${has ? '' : ' (skipped: this Node has none)'}`, () => {
  it('is over the structure of tlog-cosignature, and its key has the id of signed-note', () => {
    expect(Buffer.from(cosignedMessage('ml-dsa-44', NAME, TEXT, 1_700_000_000))).toEqual(
      message(1_700_000_000),
    );
    const id = createHash('sha256')
      .update(`${NAME}\n`)
      .update(Buffer.from([6]))
      .update(publicKey)
      .digest('hex');
    expect(KEY.id).toBe(id.slice(0, 8));
    expect(parseVkey(sha256, formatVkey(KEY))).toEqual({ ...KEY, publicKey: new Uint8Array(publicKey) });
  });

  it('is taken with its time', () => {
    const { witnesses } = open(line(1_700_000_000));
    expect(witnesses).toEqual([{ key: KEY, time: 1_700_000_000 }]);
  });

  it('without a time states none', () => {
    expect(open(line(0)).witnesses).toEqual([{ key: KEY, time: undefined }]);
  });

  it.each([
    ['another name', { name: 'witness.example.org/w2' }],
    ['another log', { origin: 'example.com/lag' }],
    ['a subtree', { start: 8 }],
    ['another size', { end: 13 }],
    ['another root', { root: Buffer.alloc(32, 8) }],
  ])('does not verify when it was made for %s', (_, over) => {
    expect(() => open(line(5, over))).toThrow(/does not verify/);
  });

  it('does not verify with another time than its own', () => {
    const signature = sign(null, message(5), secret);
    expect(() => open(formatSignature(KEY, timestamped(6, signature)))).toThrow(/does not verify/);
  });

  it('a run time without it says so where one is to be checked, and only there', () => {
    const without = { verifyEd25519: nodeCrypto.verifyEd25519 };
    const note = (lines: string[]) => formatNote(TEXT, [own, ...lines]);
    expect(() => openCheckpoint(note([line(5)]), [LOG, KEY], without)).toThrow(
      expect.objectContaining({ code: 'ALGORITHM_MISSING', kind: 'incomplete' }),
    );
    expect(openCheckpoint(note([line(5)]), [LOG], without).witnesses).toEqual([]);
    expect(openCheckpoint(note([]), [LOG, KEY], without).witnesses).toEqual([]);
  });

  it('counts for a quorum; a key of a log does not', () => {
    const policy = (vkey: string) => parseTrustPolicy(sha256, Buffer.from(`witness w ${vkey}\nquorum w\n`));
    requireQuorum(policy(formatVkey(KEY)), open(line(5)));
    expect(() => requireQuorum(policy(formatVkey(KEY)), open())).toThrow(/quorum w is not reached/);
    expect(() => policy(formatVkey(LOG))).toThrow(/another type of key/);
  });

  it('of a witness that has a key of each type is one witness', () => {
    const both = cosigner(NAME, 3);
    const note = formatNote(TEXT, [own, line(5), both.cosign(TEXT, 6)]);
    const keys = [LOG, KEY, both.key];
    const level = levelOf(openCheckpoint(note, keys, nodeCrypto), keys);
    expect([level.witnessed.length, level.witnessesGiven]).toEqual([1, 1]);
  });
});

it('a key of the wrong length is none', () => {
  expect(() => makeVkey(sha256, NAME, new Uint8Array(32), 'ml-dsa-44')).toThrow(/32 bytes, not 1312/);
});
