import { fromUtf8 } from '../bytes.ts';

/** An object of JSON whose members are looked at one by one. The verifier brings no library along, so that it can be read whole. */
export type Members = Readonly<Record<string, unknown>>;

/** JSON in UTF-8. @throws SyntaxError, TypeError */
export function parseJson(bytes: Uint8Array): unknown {
  const text = fromUtf8(bytes);
  if (text === undefined) throw new TypeError('it is not UTF-8');
  return JSON.parse(text);
}

export function members(value: unknown, what: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) wrong(what, 'an object');
  return value as Members;
}

export function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) wrong(what, 'a list');
  return value as unknown[];
}

export function text(value: unknown, what: string): string {
  if (typeof value !== 'string') wrong(what, 'a text');
  return value as string;
}

export function count(value: unknown, what: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) wrong(what, 'a whole number from 0');
  return value as number;
}

export function truth(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') wrong(what, 'true or false');
  return value as boolean;
}

/** 32 bytes, hexadecimal. */
export function hash(value: unknown, what: string): string {
  if (!/^[0-9a-f]{64}$/.test(text(value, what))) wrong(what, '64 hexadecimal digits');
  return value as string;
}

/** Size and root of a tree. */
export function tree(value: unknown, what: string): { size: number; root: string } {
  const { size, root } = members(value, what);
  return { size: count(size, `${what}.size`), root: hash(root, `${what}.root`) };
}

function wrong(what: string, expected: string): never {
  throw new TypeError(`${what} should be ${expected}`);
}
