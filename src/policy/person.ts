import { domainToUnicode } from 'node:url';

/** Whom an `owner` or `approver` names, in the forms that comparing needs. */
export interface Person {
  /** Bare address: no display name, no comment, no tag after `+`; undefined for a name or a handle. */
  address: string | undefined;
  /** Other names of the same person: display name, handle, the part of the address before `@`. */
  names: ReadonlySet<string>;
}

/**
 * Whom a text names: an address with or without a display name, a handle with or without `@`, or a plain name.
 * @param text attacker-controlled
 * @returns the person, or in words why nobody can be told from it
 */
export function readPerson(text: string): Person | string {
  const visible = visibleText(text);
  if (!/[\p{L}\p{N}]/u.test(visible)) return 'names nobody';
  const mixed = visible.split(/[^\p{L}\p{M}\p{N}]+/u).find(mixesScripts);
  if (mixed !== undefined) return `mixes scripts whose letters look alike (${mixed})`;
  const inBrackets = /^([^<>]*)<([^<>]*)>$/.exec(visible);
  // Quotes and the backslash of a quoted pair are no part of a name (RFC 5321, 4.1.2).
  const rest = (inBrackets?.[2] ?? visible)
    .replace(/\([^()]*\)/g, '')
    .replace(/["\\]|^\s*'|'\s*$/g, '')
    .replace(/^\s*mailto:/i, '');
  const written = fold(rest).replace(/^@/, '');
  const display = fold((inBrackets?.[1] ?? '').replace(/["']/g, ''));
  if (written.split('@').length > 2 || display.includes('@') || /[,;]/.test(written))
    return 'names more than one address';
  const [local = '', domain] = written.split('@');
  const bare = local.replace(/\+.*$/, '');
  // Nothing is left to compare with: such a text would be another person than everybody.
  if (bare === '' && written !== '') return 'names nobody';
  return {
    address: domain === undefined ? undefined : `${bare}@${foldDomain(domain)}`,
    names: new Set([bare, display].filter((name) => name !== '')),
  };
}

/** True where two could be one person: the same address, or one's only name is a name of the other. */
export function samePerson(a: Person, b: Person): boolean {
  if (a.address !== undefined && b.address !== undefined) return a.address === b.address;
  return [...a.names].some((name) => b.names.has(name));
}

/** Without what nobody sees: default-ignorable characters (UAX 44) and controls; compatible letters are one (NFKC). */
export function visibleText(text: string): string {
  return text.replace(/[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}]/gu, '').normalize('NFKC');
}

/** Names that differ in case, spaces, accents or in letters that look alike only are one. */
function fold(text: string): string {
  const bare = visibleText(text)
    .replace(/\s+/g, '')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '');
  // Upwards first: a dotless i has the same capital as i.
  return [...bare.toUpperCase().toLowerCase()].map((letter) => LOOKS_LIKE.get(letter) ?? letter).join('');
}

/** `xn--` and its letters are one domain, and so is one with the root's dot. */
function foldDomain(domain: string): string {
  const plain = domain.replace(/\.$/, '');
  return fold(domainToUnicode(plain) || plain);
}

/** Scripts with letters that look alike. Others are mixed in ordinary names (Han and Kana) and stay. */
const ALIKE = [/\p{Script=Latin}/u, /\p{Script=Greek}/u, /\p{Script=Cyrillic}/u, /\p{Script=Armenian}/u];
const mixesScripts = (word: string): boolean => ALIKE.filter((script) => script.test(word)).length > 1;

/**
 * Letters of Cyrillic and Greek that look like Latin ones, in their small or, in the last of each, in their capital form (from the
 * confusables of UTS 39).
 */
const LOOKS_LIKE: ReadonlyMap<string, string> = new Map(
  ['аa', 'сc', 'ԁd', 'еe', 'һh', 'іi', 'јj', 'ӏl', 'оo', 'рp', 'ԛq', 'ѕs', 'ԝw', 'хx', 'уy']
    .concat(['вb', 'кk', 'мm', 'нh', 'тt'])
    .concat(['αa', 'γy', 'ιi', 'νv', 'οo', 'ρp', 'υu'])
    .concat(['βb', 'εe', 'ζz', 'ηh', 'κk', 'μm', 'τt', 'χx'])
    .map((pair) => [pair.slice(0, 1), pair.slice(1)]),
);
