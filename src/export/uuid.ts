import { createHash } from 'node:crypto';

/** Namespace of ids that an export derives; itself a UUID of version 4, made once. */
const NAMESPACE = Buffer.from('6f1f8f0a2c0b4b1e9d3c7a5e4b8d2f61', 'hex');

/** A UUID of version 5: the same parts give the same id, on any machine. @see RFC 9562 section 5.5 */
export function derivedUuid(...parts: readonly (string | number)[]): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
