import { describe, expect, it } from 'vitest';
import { formatNote, formatSignature, formatVkey } from '../verify/index.ts';
import { makeSigner, parseSigner } from './signer.ts';

// From the documentation of Go's golang.org/x/mod/sumdb/note: its example key and what it signs.
const SECRET = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const VKEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNED = `${TEXT}
— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

describe('the key of a log', () => {
  it("reads a key of Go's note package and has the same public key", () => {
    const signer = parseSigner(`${SECRET}\n`, 'signer.key');
    expect(formatVkey(signer.key)).toBe(VKEY);
    expect(signer.stored).toBe(SECRET);
  });

  it("signs as Go's note package does", async () => {
    const signer = parseSigner(SECRET, 'signer.key');
    const note = formatNote(TEXT, [formatSignature(signer.key, await signer.sign(Buffer.from(TEXT)))]);
    expect(note).toBe(SIGNED);
  });

  it('is read back as it was made, and refused when it was changed, without showing it', () => {
    const made = makeSigner('example.com/log', (length) => new Uint8Array(length).fill(9));
    expect(parseSigner(made.stored, 'k').key).toEqual(made.key);
    for (const bad of [
      made.stored.replace('CQkJ', 'CQkK'),
      made.stored.replace('example', 'elsewhere'),
      made.stored.slice(0, -4),
      'PRIVATE+KEY+a',
      '',
    ]) {
      expect(() => parseSigner(bad, 'signer.key')).toThrow(
        expect.objectContaining({ code: 'LEDGER_KEY', message: expect.not.stringContaining('CQkJ') }),
      );
    }
  });
});
