import { canonicalize, type Sha256 } from '../../record/index.ts';
import type { VerifierKey } from '../types.ts';
import { referenceTree } from './reference.ts';

/** A signing key for tests. */
export interface TestKey {
  key: VerifierKey;
  sign(message: Uint8Array): Uint8Array;
}

const encoder = new TextEncoder();
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** A signed checkpoint, written out as the specification shows it. */
export function signedCheckpoint(root: Uint8Array, size: number, signers: readonly TestKey[]): string {
  const text = `${signers[0]?.key.name}\n${size}\n${base64(root)}\n`;
  const lines = signers.map(({ key, sign }) => {
    const id = Buffer.from(key.id, 'hex');
    return `— ${key.name} ${base64(Buffer.concat([id, sign(encoder.encode(text))]))}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** Files of a log by path, with tiles computed from the definition (every hash from the leaves, recursively). */
export function logFiles(
  sha256: Sha256,
  entries: readonly Uint8Array[],
  signers: readonly TestKey[],
): Map<string, Uint8Array> {
  const tree = referenceTree(sha256);
  const files = new Map<string, Uint8Array>();
  const size = entries.length;
  for (let start = 0; start < size; start += 256) {
    const bundle = entries.slice(start, start + 256);
    files.set(`tile/entries/${place(start / 256, bundle.length)}`, bundleBytes(bundle));
  }
  for (let level = 0; 256 ** level <= size; level += 1) {
    const span = 256 ** level;
    const hashes = Array.from({ length: Math.floor(size / span) }, (_, i) =>
      tree.root(entries.slice(i * span, (i + 1) * span)),
    );
    for (let start = 0; start < hashes.length; start += 256) {
      const tile = hashes.slice(start, start + 256);
      files.set(`tile/${level}/${place(start / 256, tile.length)}`, Buffer.concat(tile));
    }
  }
  files.set('checkpoint', encoder.encode(signedCheckpoint(tree.root(entries), size, signers)));
  return files;
}

/** Entries of a bundle, each behind its length. */
export function bundleBytes(entries: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(entries.flatMap((one) => [Uint8Array.of(one.length >> 8, one.length & 255), one]));
}

/** Tile index in path form, for fewer than a million tiles. */
function place(index: number, width: number): string {
  const digits = String(index).padStart(6, '0');
  const path = index < 1000 ? digits.slice(3) : `x${digits.slice(0, 3)}/${digits.slice(3)}`;
  return width === 256 ? path : `${path}.p/${width}`;
}

/** Canonical bytes of a small record. */
export function testRecord(i: number, fields: Record<string, unknown> = {}): Uint8Array {
  const id = `0190d0c0-0000-7000-8000-${i.toString(16).padStart(12, '0')}`;
  const at = new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString();
  return encoder.encode(
    canonicalize({
      schema: 'exhibit.record/1',
      record_id: id,
      record_type: 'heartbeat',
      observed_at: at,
      recorded_at: at,
      emitter: 'test',
      sequence: i,
      layer: 'evidence',
      tool: 'exhibit',
      message: `record ${i}`,
      ...fields,
    }),
  );
}

/** The record with which the ledger announces a new key. */
export function keyRecord(i: number, vkey: string, validFromSize: number): Uint8Array {
  const details = { vkey, valid_from_size: validFromSize };
  return testRecord(i, { record_type: 'key', emitter: 'exhibit.ledger', details });
}
