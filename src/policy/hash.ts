import { createHash, hash as hashOnce } from 'node:crypto';
import { type Digest, ExhibitError, formatDigest, type Sha256 } from '../record/index.ts';

/** In one call: for short texts that is twice as fast as a hash that is fed. */
export const sha256: Sha256 = (data) => hashOnce('sha256', data, 'buffer');

/** Digest of some bytes or of the UTF-8 form of a text. */
export function digestOf(data: Uint8Array | string): Digest {
  return formatDigest(createHash('sha256').update(data).digest());
}

/** Names of hash functions that OPA's signatures may use and that are still safe, and Node's names of them. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
  'SHA-512-256': 'sha512-256',
};

/**
 * The digest of a bundle's file as OPA's signature states it: `.manifest` and `data.json` by their JSON value, keys sorted
 * by bytes and the text of numbers kept; every other file by its bytes.
 * @returns lower-case hexadecimal digits
 * @throws ExhibitError BUNDLE_INVALID for JSON that does not parse, BUNDLE_SIGNATURE for an unknown or weak algorithm
 * @see OPA v1/bundle/hash.go (walk) and v1/bundle/verify.go (VerifyBundleFile)
 */
export function fileHash(name: string, data: Uint8Array, algorithm = 'SHA-256'): string {
  const hash = createHash(acceptedHash(name, algorithm));
  return hash.update(isHashedByValue(name) ? structure(name, data) : data).digest('hex');
}

/** Whether OPA's signature states a file by its JSON value and not by its bytes. */
export function isHashedByValue(name: string): boolean {
  const base = name.slice(name.lastIndexOf('/') + 1);
  return base === '.manifest' || base === 'data.json';
}

/** Node's name of a hash function that a signature names. @throws ExhibitError BUNDLE_SIGNATURE for an unknown or weak one */
export function acceptedHash(name: string, algorithm: string): string {
  const node = Object.hasOwn(ALGORITHMS, algorithm) ? ALGORITHMS[algorithm] : undefined;
  if (node === undefined) {
    throw new ExhibitError(
      'BUNDLE_SIGNATURE',
      `The signature hashes ${name} with ${algorithm}, which is not accepted.`,
      {
        hint: `Accepted are ${Object.keys(ALGORITHMS).join(', ')}.`,
      },
    );
  }
  return node;
}

/** A number with the text that it had. */
class Numeral {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

function structure(name: string, data: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
    return write(DIFFERS.test(text) ? JSON.parse(text, keepNumbers) : JSON.parse(text));
  } catch (cause) {
    throw new ExhibitError('BUNDLE_INVALID', `${name} in the bundle is not JSON in UTF-8.`, { cause });
  }
}

/**
 * Only a number with a point, an exponent, a sign before zero or many digits can be written otherwise than JavaScript would. It may stand in
 * a string: then the text of numbers is kept for nothing, which costs time and no correctness.
 */
const DIFFERS = /[:,[]\s*(?:-0|-?\d{16,}|-?\d+(?:\.\d+|(?:\.\d+)?[eE][+-]?\d+))\s*[,\]}]|^\s*-?\d/;

// The third argument is in every Node that Exhibit runs on; TypeScript's library does not know it yet.
const keepNumbers = (_key: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === 'number' ? new Numeral(context?.source ?? String(value)) : value;

function write(value: unknown): string {
  if (value instanceof Numeral) return value.source;
  if (typeof value === 'string') return quote(value);
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  const members = value as Record<string, unknown>;
  const names = Object.keys(members).sort();
  // Go sorts keys by their UTF-8 bytes, JavaScript by UTF-16 units: they differ beyond U+FFFF only.
  if (names.some((name) => SURROGATE.test(name))) names.sort(byBytes);
  let text = '';
  for (const name of names) text += `${text === '' ? '' : ','}${quote(name)}:${write(members[name])}`;
  return `{${text}}`;
}

const SURROGATE = /[\ud800-\udfff]/;

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Nothing in it is escaped by anybody: the bundle's own data is thousands of such texts, read at each start. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** As Go's json.Encoder with SetEscapeHTML(false): U+2028 and U+2029 are escaped, a lone surrogate becomes U+FFFD. */
function quote(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  return JSON.stringify(value.toWellFormed()).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
