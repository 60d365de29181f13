import type { Builtin } from '../wasm/instance.ts';
import { type Glob, parseGlob } from './glob-syntax.ts';
import { array, fail, string } from './operands.ts';

/** Where a match can end, from each place where it can begin: each part is looked at once a place, so the time is linear in both. */
function ends(
  parts: readonly Glob[],
  text: readonly string[],
  separators: ReadonlySet<string>,
  from: ReadonlySet<number>,
): ReadonlySet<number> {
  return parts.reduce((begins, part) => partEnds(part, text, separators, begins), from);
}

function partEnds(
  part: Glob,
  text: readonly string[],
  separators: ReadonlySet<string>,
  begins: ReadonlySet<number>,
): ReadonlySet<number> {
  const one = (takes: (char: string) => boolean): ReadonlySet<number> =>
    new Set([...begins].filter((at) => at < text.length && takes(text[at] ?? '')).map((at) => at + 1));
  switch (part.kind) {
    case 'text': {
      const here = (at: number): boolean => part.text.every((char, i) => text[at + i] === char);
      return new Set([...begins].filter(here).map((at) => at + part.text.length));
    }
    case 'one':
      return one((char) => !separators.has(char));
    case 'class':
      return one((char) => part.has(char) !== part.not);
    case 'either':
      return new Set(part.of.flatMap((parts) => [...ends(parts, text, separators, begins)]));
    case 'star': {
      const out = new Set<number>();
      let going = false;
      for (let at = 0; at <= text.length; at += 1) {
        going = begins.has(at) || (going && (part.across || !separators.has(text[at - 1] ?? '')));
        if (going) out.add(at);
      }
      return out;
    }
  }
}

/** No delimiters: the dot; null: a star matches everything. */
const match: Builtin = ([pattern, delimiters, subject]) => {
  const glob = string(pattern);
  const given = delimiters === null ? [] : array(delimiters).map(string);
  if (given.some((delimiter) => [...delimiter].length !== 1)) fail('a delimiter is one character');
  const text = [...string(subject)];
  const separators = new Set(delimiters !== null && given.length === 0 ? ['.'] : given);
  return ends(parseGlob(glob), text, separators, new Set([0])).has(text.length);
};

export const glob: Readonly<Record<string, Builtin>> = { 'glob.match': match };
