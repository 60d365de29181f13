import { MAX_DEPTH } from '../../record/index.ts';
import { fromUtf8 } from '../bytes.ts';
import { type AttestCheck, refuse } from './refuse.ts';

/**
 * JSON of which two readers see the same value: UTF-8 without a mark, no key twice in one object, no key `__proto__`, no lone
 * surrogate, not nested deeper than `MAX_DEPTH`.
 * @param bytes attacker-controlled
 * @param check under which a failure is reported, and `what` it is, for the message
 * @throws ExhibitError ATTESTATION_INVALID
 */
export function parseStrictJson(bytes: Uint8Array, check: AttestCheck, what: string): unknown {
  const text = fromUtf8(bytes);
  if (text === undefined) refuse(check, `${what} is not UTF-8`);
  const { members, depth } = scan(text);
  if (depth > MAX_DEPTH) refuse(check, `${what} is nested deeper than ${MAX_DEPTH} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const hint = check === 'json' ? 'Name the file that `exhibit check --attest` wrote.' : undefined;
    refuse(check, `${what} is not JSON`, hint, cause);
  }
  if (count(value, check, what) !== members) refuse(check, `${what} has a key twice in one object`);
  return value;
}

/** Colons outside strings, of which each member of an object has one; and the deepest nesting. */
function scan(text: string): { members: number; depth: number } {
  let members = 0;
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i += 1) {
    switch (text.charCodeAt(i)) {
      case 0x22:
        i = endOfString(text, i);
        break;
      case 0x3a:
        members += 1;
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        deepest = Math.max(deepest, depth);
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
    }
  }
  return { members, depth: deepest };
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x5c) i += 1;
    else if (code === 0x22) return i;
  }
  return text.length;
}

function count(value: unknown, check: AttestCheck, what: string): number {
  if (typeof value === 'string' && !value.isWellFormed()) refuse(check, `${what} holds a lone surrogate`);
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += count(item, check, what);
    return members;
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') refuse(check, `${what} has the key __proto__`);
    if (!key.isWellFormed()) refuse(check, `${what} holds a lone surrogate`);
    members += 1 + count(item, check, what);
  }
  return members;
}
