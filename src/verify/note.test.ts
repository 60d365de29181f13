import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExhibitError } from '../record/index.ts';
import {
  formatNote,
  formatSignature,
  formatVkey,
  makeVkey,
  openNote,
  parseNote,
  parseVkey,
} from './index.ts';
import { nodeCrypto } from './node.ts';

const { sha256 } = nodeCrypto;
const error = (code: string) => expect.objectContaining({ code });

// c2sp.org/signed-note, "Verifier keys", example
const FOO = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const FOO_NOTE =
  'This is an example message.\n\n' +
  '— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';
// pkg.go.dev/golang.org/x/mod/sumdb/note, package documentation
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const PETER_TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_NOTE =
  `${PETER_TEXT}\n` +
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

const keys = [FOO, PETER].map((text) => parseVkey(sha256, text));

function pair(name: string, type: 'ed25519' | 'cosignature' = 'ed25519') {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const key = makeVkey(sha256, name, raw, type);
  return {
    key,
    line: (text: string) => formatSignature(key, sign(null, Buffer.from(text), privateKey)),
    privateKey,
  };
}

describe('published notes', () => {
  it.each([
    { note: FOO_NOTE, name: 'example.com/foo', text: 'This is an example message.\n' },
    { note: PETER_NOTE, name: 'PeterNeumann', text: PETER_TEXT },
  ])('$name', ({ note, name, text }) => {
    const opened = openNote(note, keys, nodeCrypto);
    expect(opened.text).toBe(text);
    expect(opened.signers.map(({ key }) => key.name)).toEqual([name]);
    expect(openNote(Buffer.from(note), keys, nodeCrypto).text).toBe(text);
  });

  it('the text of a verifier key comes back', () => {
    expect(keys.map(formatVkey)).toEqual([FOO, PETER]);
  });

  it('any changed character refuses the note', () => {
    for (let at = 0; at < PETER_NOTE.length; at += 1) {
      const changed = `${PETER_NOTE.slice(0, at)}${PETER_NOTE[at] === 'x' ? 'y' : 'x'}${PETER_NOTE.slice(at + 1)}`;
      expect(() => openNote(changed, keys, nodeCrypto)).toThrowError(error('CHECKPOINT_INVALID'));
    }
  });
});

describe('which signatures count', () => {
  const [a, b] = [pair('a.example'), pair('b.example')];
  const text = 'one\n\ntwo\n';

  it('unknown keys are ignored, also with a known name or a known id', () => {
    const impostor = pair('a.example');
    const note = formatNote(text, [impostor.line(text), a.line(text), b.line('something else')]);
    expect(openNote(note, [a.key], nodeCrypto).signers).toEqual([{ key: a.key, time: undefined }]);
    const sameId = { ...pair('c.example').key, id: a.key.id };
    expect(openNote(note, [a.key, sameId], nodeCrypto).signers).toHaveLength(1);
  });

  it('a known key that fails refuses the note, even beside one that verifies', () => {
    const note = formatNote(text, [a.line(text), b.line('something else')]);
    expect(() => openNote(note, [a.key, b.key], nodeCrypto)).toThrow(/b\.example.*does not verify/);
    const twice = formatNote(text, [a.line(text), a.line('something else')]);
    expect(() => openNote(twice, [a.key], nodeCrypto)).toThrowError(error('CHECKPOINT_INVALID'));
  });

  it('at least one known key must verify', () => {
    const note = formatNote(text, [b.line(text)]);
    expect(() => openNote(note, [a.key], nodeCrypto)).toThrow(/not signed by any/);
    expect(() => openNote(note, [], nodeCrypto)).toThrow(/not signed by any/);
  });

  it('a signature of the wrong length fails', () => {
    const note = formatNote(text, [formatSignature(a.key, new Uint8Array(63))]);
    expect(() => openNote(note, [a.key], nodeCrypto)).toThrow(/does not verify/);
  });

  it('reads the time of a cosignature', () => {
    // c2sp.org/tlog-cosignature: eight bytes of time, signed over a header with that time
    const witness = pair('w.example', 'cosignature');
    const message = Buffer.from(`cosignature/v1\ntime 1679315147\n${text}`);
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(1_679_315_147n);
    const signature = Buffer.concat([time, sign(null, message, witness.privateKey)]);
    const note = formatNote(text, [formatSignature(witness.key, signature)]);
    expect(openNote(note, [witness.key], nodeCrypto).signers).toEqual([
      { key: witness.key, time: 1_679_315_147 },
    ]);
    signature.writeBigUInt64BE(1_679_315_148n);
    const later = formatNote(text, [formatSignature(witness.key, signature)]);
    expect(() => openNote(later, [witness.key], nodeCrypto)).toThrow(/does not verify/);
  });

  it('takes 16 signatures and refuses 101', () => {
    const others = Array.from({ length: 15 }, (_, i) => pair(`w${i}.example`).line(text));
    const note = formatNote(text, [...others, a.line(text)]);
    expect(openNote(note, [a.key], nodeCrypto).signers).toHaveLength(1);
    const many = formatNote(
      text,
      Array.from({ length: 101 }, () => a.line(text)),
    );
    expect(() => parseNote(many)).toThrow(/more than 100/);
  });
});

describe('what is no note', () => {
  it.each([
    ['nothing', ''],
    ['no blank line', 'text\n— a AAAAAAA=\n'],
    ['no signature', 'text\n\n'],
    ['no newline at the end', PETER_NOTE.slice(0, -1)],
    ['a carriage return', PETER_NOTE.replace('\n', '\r\n')],
    ['a NUL', PETER_NOTE.replace('I', '\0')],
    ['a lone surrogate', PETER_NOTE.replace('I', '\ud800')],
    ['a hyphen for the dash', PETER_NOTE.replace('—', '-')],
    ['a plus in a name', PETER_NOTE.replace('— Peter', '— Pe+er')],
    ['an extra field', PETER_NOTE.replace('=\n', '= x\n')],
    ['base64 without padding', PETER_NOTE.replace('=\n', '\n')],
    ['loose bits in base64', PETER_NOTE.replace('AM=\n', 'AN=\n')],
    ['a key id alone', 'text\n\n— a AAAAAA==\n'],
    ['too many bytes', `${'x'.repeat(1_000_000)}\n\n— a AAAAAAA=\n`],
  ])('%s', (_, note) => {
    expect(() => openNote(note, keys, nodeCrypto)).toThrowError(error('CHECKPOINT_INVALID'));
  });

  it('bytes that are not UTF-8', () => {
    expect(() => parseNote(Uint8Array.of(0xff, 10, 10))).toThrowError(error('CHECKPOINT_INVALID'));
  });

  it.each([
    '',
    'name',
    'name+0+x',
    PETER.replace('c74f20a3', 'c74f20a4'),
    PETER.replace('ARpc', 'Appc'),
    PETER.replace('PeterNeumann', 'Peter Neumann'),
    PETER.replace('PeterNeumann', ''),
    `${PETER}A`,
    PETER.slice(0, -4),
  ])('the verifier key %j', (text) => {
    expect(() => parseVkey(sha256, text)).toThrowError(error('LEDGER_KEY'));
  });
});

describe('any text', () => {
  const pieces = fc.constantFrom(
    '\n',
    '\n\n',
    '— ',
    'a ',
    'PeterNeumann',
    ' x08go/ZJ',
    '=',
    '+',
    'é',
    '\0',
    '0',
    'AAAAAAA=',
  );
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 20 }).map((all) => all.join('')),
  );

  it('opens or is refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.uint8Array({ maxLength: 200 })), (note) => {
        try {
          openNote(note, keys, nodeCrypto);
        } catch (thrown) {
          return isExhibitError(thrown, 'CHECKPOINT_INVALID');
        }
        return false;
      }),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        try {
          parseVkey(sha256, text);
        } catch (thrown) {
          return isExhibitError(thrown, 'LEDGER_KEY');
        }
        return false;
      }),
    );
  });

  it('without control characters is signed and opened again', () => {
    const signer = pair('law.example/log');
    const text = fc.string({ unit: 'grapheme' }).filter((one) => !/\p{Cc}/u.test(one) && one.isWellFormed());
    fc.assert(
      fc.property(fc.array(text), (lines) => {
        const body = `${lines.join('\n')}\n`;
        return openNote(formatNote(body, [signer.line(body)]), [signer.key], nodeCrypto).text === body;
      }),
    );
  });
});
