import type { RE2JS } from '@bufbuild/re2';
import type { Builtin } from '../wasm/instance.ts';
import { fail, number, smallInteger, string } from './operands.ts';
import { compile, findAll, type Match } from './regex-positions.ts';

const cut = (text: string, match: Match, group: number): string => {
  const [start, end] = [match[2 * group], match[2 * group + 1]];
  return start === undefined || end === undefined || start < 0 || end < 0 ? '' : text.slice(start, end);
};

const findN: Builtin = ([pattern, text, count]) =>
  findAll(compile(string(pattern)), string(text), smallInteger(count)).map((match) =>
    cut(string(text), match, 0),
  );

/** Go's Split with no limit: an empty match at the very start or end makes no piece. */
const split: Builtin = ([pattern, subject]) => {
  const text = string(subject);
  const regex = compile(string(pattern));
  if (string(pattern) !== '' && text === '') return [''];
  const pieces: string[] = [];
  let [begin, end] = [0, 0];
  for (const [start = 0, stop = 0] of findAll(regex, text, -1)) {
    end = start;
    if (stop !== 0) pieces.push(text.slice(begin, end));
    begin = stop;
  }
  if (end !== text.length) pieces.push(text.slice(begin));
  return pieces;
};

const replace: Builtin = ([subject, pattern, replacement]) => {
  const [text, template] = [string(subject), string(replacement)];
  const regex = compile(string(pattern));
  let [out, at] = ['', 0];
  for (const match of findAll(regex, text, -1)) {
    const [start = 0, end = 0] = match;
    out += text.slice(at, start) + expand(regex, template, text, match);
    at = end;
  }
  return out + text.slice(at);
};

/** Go's Expand: `$1`, `$name`, `${name}`, `$$`; the longest name counts, and a group that is not there is empty. */
function expand(regex: RE2JS, template: string, text: string, match: Match): string {
  return template.replace(
    /\$(?:(\$)|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu,
    (_whole, dollar, bare, braced) => {
      if (dollar !== undefined) return '$';
      const name = String(bare ?? braced);
      const group = /^\d+$/.test(name) ? Number(name) : regex.namedGroups().get(name);
      return group === undefined ? '' : cut(text, match, group);
    },
  );
}

/** A template of literal text with regular expressions between delimiters, matched as a whole. */
const templateMatch: Builtin = ([template, subject, open, close]) => {
  const [text, start, end] = [string(template), string(open), string(close)];
  if (Buffer.byteLength(start) !== 1 || Buffer.byteLength(end) !== 1) fail('a delimiter is one character');
  let [pattern, level, at, opened] = ['^', 0, 0, 0];
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === start) {
      level += 1;
      if (level === 1) opened = i;
    } else if (text[i] === end) {
      level -= 1;
      if (level < 0) fail('unbalanced delimiters');
      if (level === 0) {
        const inner = text.slice(opened + 1, i);
        compile(`^${inner}$`);
        pattern += `${quote(text.slice(at, opened))}(${inner})`;
        at = i + 1;
      }
    }
  }
  if (level !== 0) fail('unbalanced delimiters');
  return compile(`${pattern}${quote(text.slice(at))}$`).test(string(subject));
};

const quote = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');

export const regex: Readonly<Record<string, Builtin>> = {
  'regex.find_n': findN,
  'regex.split': split,
  'regex.replace': replace,
  'regex.template_match': templateMatch,
};

/** Go's count of matches must be written without a fraction; below zero it means all. */
const submatches: Builtin = ([pattern, subject, count]) => {
  if (!/^-?\d+$/.test(number(count).text)) fail('not an integer');
  const [regex, text] = [compile(string(pattern)), string(subject)];
  return findAll(regex, text, smallInteger(count)).map((match) =>
    Array.from({ length: match.length / 2 }, (_, group) => cut(text, match, group)),
  );
};

const isValid: Builtin = ([pattern]) => {
  if (typeof pattern !== 'string') return false;
  try {
    compile(pattern);
    return true;
  } catch {
    return false;
  }
};

/** Forms of built-ins that the module has itself, for the patterns in which it differs from Go. */
export const native: Readonly<Record<string, Builtin>> = {
  'regex.match': ([pattern, text]) => compile(string(pattern)).test(string(text)),
  'regex.is_valid': isValid,
  'regex.find_all_string_submatch_n': submatches,
};
