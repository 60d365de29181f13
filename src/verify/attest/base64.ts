import { fromBase64 } from '../base64.ts';

/**
 * Bytes of base64 text. Either alphabet of RFC 4648 is taken, as DSSE demands of verifiers, never both in one text; and only in
 * its one form: padded, without white space, without loose last bits. So the same bytes have no third spelling.
 * @param text attacker-controlled, of any length
 * @returns undefined for anything else
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const urlSafe = /[-_]/.test(text);
  if (urlSafe && /[+/]/.test(text)) return undefined;
  const standard = urlSafe ? text.replaceAll('-', '+').replaceAll('_', '/') : text;
  // The last four characters alone carry padding and loose bits; one expression over all of a long text would need a deep stack.
  const head = standard.slice(0, -4);
  if (/[^A-Za-z0-9+/]/.test(head)) return undefined;
  const tail = fromBase64(standard.slice(-4));
  if (tail === undefined) return undefined;
  const binary = atob(head);
  const bytes = new Uint8Array(binary.length + tail.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  bytes.set(tail, binary.length);
  return bytes;
}

/** Standard base64 with padding, of any length. */
export function encodeBase64(bytes: Uint8Array): string {
  const CHUNK = 0x6000;
  let out = '';
  for (let at = 0; at < bytes.length; at += CHUNK)
    out += btoa(String.fromCharCode(...bytes.subarray(at, at + CHUNK)));
  return out;
}
