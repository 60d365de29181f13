import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExhibitError, toHex } from '../record/index.ts';
import {
  formatCheckpoint,
  formatNote,
  formatProof,
  formatSignature,
  makeVkey,
  openCheckpoint,
  parseCheckpoint,
  parseProof,
  type VerifierKey,
  verifyProof,
} from './index.ts';
import { nodeCrypto } from './node.ts';
import { referenceTree } from './testing/reference.ts';

const { sha256 } = nodeCrypto;
const error = (code: string) => expect.objectContaining({ code });

// c2sp.org/tlog-checkpoint, example
const SOFA = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';

interface Signer {
  key: VerifierKey;
  sign(text: string): string;
}

function signer(name: string, type: 'ed25519' | 'cosignature' = 'ed25519'): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = makeVkey(sha256, name, publicKey.export({ format: 'der', type: 'spki' }).subarray(-32), type);
  const time = type === 'ed25519' ? Buffer.alloc(0) : Buffer.alloc(8, 0);
  const head = type === 'ed25519' ? '' : 'cosignature/v1\ntime 0\n';
  const raw = (text: string) => sign(null, Buffer.from(`${head}${text}`), privateKey);
  return { key, sign: (text) => formatSignature(key, Buffer.concat([time, raw(text)])) };
}

const log = signer('example.com/behind-the-sofa');
const other = signer('example.com/other');
const witness = signer('witness.example.com/w1', 'cosignature');

describe('the text of a checkpoint', () => {
  it('is that of the specification', () => {
    const checkpoint = parseCheckpoint(SOFA);
    expect({ ...checkpoint, root: toHex(checkpoint.root) }).toEqual({
      origin: 'example.com/behind-the-sofa',
      size: 20_852_163,
      root: '0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62',
      extensions: [],
    });
    expect(formatCheckpoint(checkpoint)).toBe(SOFA);
  });

  it('keeps extension lines', () => {
    const text = `${SOFA}one\ntwo  words\n`;
    expect(parseCheckpoint(text).extensions).toEqual(['one', 'two  words']);
    expect(formatCheckpoint(parseCheckpoint(text))).toBe(text);
  });

  it.each([
    ['a leading zero', SOFA.replace('20852163', '020852163')],
    ['a sign', SOFA.replace('20852163', '+20852163')],
    ['an exponent', SOFA.replace('20852163', '2e7')],
    ['a size beyond 2^53', SOFA.replace('20852163', '9007199254740993')],
    ['an empty size', SOFA.replace('20852163', '')],
    ['a short root', SOFA.replace('CsUYapGG', '')],
    ['an empty origin', SOFA.replace('example.com/behind-the-sofa', '')],
    ['two lines', 'origin\n1\n'],
    ['an empty extension line', `${SOFA}\n`],
    ['no last newline', SOFA.slice(0, -1)],
  ])('is refused with %s', (_, text) => {
    expect(() => parseCheckpoint(text)).toThrowError(error('CHECKPOINT_INVALID'));
  });

  it('cannot be made to say something else by a line break', () => {
    const forged = { origin: 'a\n5', size: 1, root: new Uint8Array(32), extensions: [] };
    expect(() => formatCheckpoint(forged)).toThrowError(error('CHECKPOINT_INVALID'));
  });
});

describe('the signature of a checkpoint', () => {
  it('must be of the log itself', () => {
    const opened = openCheckpoint(formatNote(SOFA, [log.sign(SOFA)]), [log.key], nodeCrypto);
    expect(opened).toMatchObject({ size: 20_852_163, key: log.key, witnesses: [] });
    const byOther = formatNote(SOFA, [other.sign(SOFA)]);
    expect(() => openCheckpoint(byOther, [log.key, other.key], nodeCrypto)).toThrow(
      /no given key of the log/,
    );
    const byWitness = formatNote(SOFA, [witness.sign(SOFA)]);
    expect(() => openCheckpoint(byWitness, [witness.key], nodeCrypto)).toThrow(/no given key of the log/);
  });

  it('is not that of a witness with the name of the log', () => {
    const namesake = signer(log.key.name, 'cosignature');
    const note = formatNote(SOFA, [namesake.sign(SOFA)]);
    expect(() => openCheckpoint(note, [namesake.key], nodeCrypto)).toThrow(/no given key of the log/);
  });

  it('counts witnesses beside it', () => {
    const note = formatNote(SOFA, [log.sign(SOFA), witness.sign(SOFA)]);
    const opened = openCheckpoint(note, [log.key, witness.key], nodeCrypto);
    expect(opened.witnesses).toEqual([{ key: witness.key, time: 0 }]);
  });

  it('must be of the log that is expected', () => {
    const note = formatNote(SOFA, [log.sign(SOFA)]);
    const options = { origin: 'example.com/other' };
    expect(() => openCheckpoint(note, [log.key], nodeCrypto, options)).toThrow(
      /not of "example\.com\/other"/,
    );
  });
});

describe('a proof file', () => {
  const hash = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
  const one = Buffer.from(hash(1)).toString('base64');

  it('has the lines of the specification', () => {
    // c2sp.org/tlog-proof, "Format"
    expect(formatProof({ index: 5, hashes: [hash(1)], checkpoint: 'c\n' })).toBe(
      `c2sp.org/tlog-proof@v1\nindex 5\n${one}\n\nc\n`,
    );
    expect(formatProof({ index: 0, hashes: [], checkpoint: 'c\n', extra: Buffer.from('hi') })).toBe(
      'c2sp.org/tlog-proof@v1\nextra aGk=\nindex 0\n\nc\n',
    );
  });

  it('comes back as it was', () => {
    const proofs = fc.record({
      index: fc.maxSafeNat(),
      hashes: fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 53 }),
      checkpoint: fc.string(),
      extra: fc.uint8Array(),
    });
    fc.assert(
      fc.property(proofs, (proof) => {
        expect(parseProof(formatProof(proof))).toEqual(proof);
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['another version', `c2sp.org/tlog-proof@v2\nindex 5\n\nc\n`],
    ['no index', `c2sp.org/tlog-proof@v1\n${one}\n\nc\n`],
    ['an index with a leading zero', 'c2sp.org/tlog-proof@v1\nindex 05\n\nc\n'],
    ['a negative index', 'c2sp.org/tlog-proof@v1\nindex -5\n\nc\n'],
    ['a short hash', 'c2sp.org/tlog-proof@v1\nindex 5\nAAAA\n\nc\n'],
    ['a malformed extra', 'c2sp.org/tlog-proof@v1\nextra !\nindex 5\n\nc\n'],
    ['no checkpoint', `c2sp.org/tlog-proof@v1\nindex 5\n${one}\n`],
    ['54 hashes', `c2sp.org/tlog-proof@v1\nindex 5\n${`${one}\n`.repeat(54)}\nc\n`],
  ])('is refused with %s', (_, text) => {
    expect(() => parseProof(text)).toThrowError(error('PROOF_INVALID'));
  });

  it('opens for its record and for no other', () => {
    const tree = referenceTree(sha256);
    const records = Array.from({ length: 7 }, (_, i) => Buffer.from(`record ${i}`));
    const text = formatCheckpoint({
      origin: log.key.name,
      size: 7,
      root: tree.root(records),
      extensions: [],
    });
    const checkpoint = formatNote(text, [log.sign(text)]);
    records.forEach((record, index) => {
      const proof = formatProof({ index, hashes: tree.inclusion(index, records), checkpoint });
      expect(verifyProof(record, proof, [log.key], nodeCrypto)).toMatchObject({
        index,
        checkpoint: { size: 7 },
      });
      expect(() => verifyProof(Buffer.from(`record ${index} `), proof, [log.key], nodeCrypto)).toThrowError(
        error('PROOF_INVALID'),
      );
      expect(() => verifyProof(record, proof, [other.key], nodeCrypto)).toThrowError(
        error('CHECKPOINT_INVALID'),
      );
    });
  });

  it('of any text or bytes is read or refused, and nothing else', () => {
    const pieces = fc.constantFrom(
      'c2sp.org/tlog-proof@v1\n',
      'index ',
      'extra ',
      '5',
      '\n',
      '\n\n',
      `${one}\n`,
      SOFA,
      'x',
    );
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 12 }).map((all) => all.join('')),
      fc.uint8Array(),
    );
    fc.assert(
      fc.property(anything, (input) => {
        try {
          verifyProof(new Uint8Array(), input, [log.key], nodeCrypto);
        } catch (thrown) {
          return isExhibitError(thrown, 'PROOF_INVALID') || isExhibitError(thrown, 'CHECKPOINT_INVALID');
        }
        return false;
      }),
    );
  });
});
