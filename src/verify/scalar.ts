/** The parts of a canonical JSON text that hold no others. Attacker-controlled bytes. @see scanObject */

/** Digits of an integer that is surely exact. */
const SAFE_DIGITS = 15;

const BACKSLASH = 0x5c;
const QUOTE = 0x22;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** 1: stands for itself in a string; 2: does so in UTF-8 that is well-formed; 0: quote, backslash, control character. */
export const IN_STRING = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte < 0x20 || byte === QUOTE || byte === BACKSLASH) return 0;
  return byte < 0x80 ? 1 : 2;
});
/** What follows a backslash in canonical form, but for `u`: `/` needs none. @see RFC 8785 3.2.2.2 */
const ESCAPES = new Set([...'"\\bfnrt'].map((letter) => letter.charCodeAt(0)));
/** Control characters that have a letter, and so are not written as `\u00xx`. */
const LETTERED = new Set([0x08, 0x09, 0x0a, 0x0c, 0x0d]);

/** Length of the escape at a backslash; 0 where canonical form has no such escape. */
export function escapeLength(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== BACKSLASH) return 0;
  const letter = bytes[at + 1] ?? 0;
  if (ESCAPES.has(letter)) return 2;
  if (letter !== 0x75 || bytes[at + 2] !== ZERO || bytes[at + 3] !== ZERO) return 0;
  const [high, low] = [(bytes[at + 4] ?? 0) - ZERO, hexDigit(bytes[at + 5] ?? 0)];
  const plain = high === 0 || high === 1;
  return plain && low >= 0 && !LETTERED.has(16 * high + low) ? 6 : 0;
}

/** The place after the number that starts here; -1 where it is not surely in canonical form. */
export function numberEnd(bytes: Uint8Array, start: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start;
  const first = at;
  while (isDigit(bytes[at])) at += 1;
  const next = bytes[at];
  const more = next === 0x2e || next === 0x65;
  if (more || at - first > SAFE_DIGITS) return anyNumberEnd(bytes, start);
  // One zero alone, and never a minus before it.
  const canonical = bytes[first] === ZERO ? at - first === 1 && first === start : at > first;
  return canonical ? at : -1;
}

/** ECMAScript's text of a number is its canonical form. @see RFC 8785 3.2.2.3 */
function anyNumberEnd(bytes: Uint8Array, start: number): number {
  let text = '';
  let at = start;
  for (; at < bytes.length && text.length < 32; at += 1) {
    const letter = String.fromCharCode(bytes[at] as number);
    if (!'0123456789+-.e'.includes(letter)) break;
    text += letter;
  }
  const value = Number(text);
  const exact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return exact && String(value) === text ? at : -1;
}

export const isNumberStart = (byte: number | undefined): boolean => byte === MINUS || isDigit(byte);

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE;

/** Value of a lower-case hexadecimal digit; -1 for another byte. */
function hexDigit(byte: number): number {
  if (byte >= ZERO && byte <= NINE) return byte - ZERO;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
}
