/** SHA-256 of some bytes. The caller gives it (node:crypto, a browser's library), so that this folder stays pure. */
export type Sha256 = (data: Uint8Array) => Uint8Array;

/** A digest in text: `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;

const PATTERN = /^sha256:[0-9a-f]{64}$/;

export function isDigest(value: string): value is Digest {
  return PATTERN.test(value);
}

/** Digest text of a 32-byte hash. */
export function formatDigest(hash: Uint8Array): Digest {
  return `sha256:${toHex(hash)}`;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function toHex(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 1) out += HEX[bytes[i] as number];
  return out;
}

/** Bytes of hexadecimal text. @throws RangeError when it is not an even number of hexadecimal digits */
export function fromHex(hex: string): Uint8Array {
  if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) throw new RangeError('not hexadecimal');
  const out = new Uint8Array(hex.length / 2);
  for (let i = 0; i < out.length; i += 1) out[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return out;
}
