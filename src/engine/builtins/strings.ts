import type { Builtin } from '../wasm/instance.ts';
import { int, RegoNumber, type Term } from '../wasm/term.ts';
import { showTerm } from '../wasm/text.ts';
import { type GoValue, sprintf } from './go-format.ts';
import { array, fail, members, string } from './operands.ts';

const INT64 = 1n << 63n;

function goValue(term: Term): GoValue {
  if (typeof term === 'string') return term;
  if (!(term instanceof RegoNumber)) return showTerm(term);
  if (/[.eE]/.test(term.text)) return Number(term.text);
  const value = BigInt(term.text);
  return { kind: value >= -INT64 && value < INT64 ? 'int64' : '*big.Int', value };
}

/** A string, or every string of an array or set. */
const texts = (term: Term | undefined): string[] =>
  typeof term === 'string' ? [term] : members(term).map(string);

function positions(text: string, search: string): number[] {
  if (search === '') fail('empty search');
  const found: number[] = [];
  // Positions count characters, and matches may overlap, as in OPA.
  for (let at = text.indexOf(search); at >= 0; at = text.indexOf(search, at + 1))
    found.push([...text.slice(0, at)].length);
  return found;
}

function occurrences(text: string, search: string): number {
  return search === '' ? [...text].length + 1 : text.split(search).length - 1;
}

const anyMatch =
  (matches: (text: string, part: string) => boolean): Builtin =>
  ([search, base]) => {
    const parts = texts(base);
    return texts(search).some((text) => parts.some((part) => matches(text, part)));
  };

const GLOB_META = /[*?\\[\]{}]/g;

export const strings: Readonly<Record<string, Builtin>> = {
  sprintf: ([format, values]) => sprintf(string(format), array(values).map(goValue)),
  'strings.any_prefix_match': anyMatch((text, part) => text.startsWith(part)),
  'strings.any_suffix_match': anyMatch((text, part) => text.endsWith(part)),
  'strings.count': ([text, search]) => int(occurrences(string(text), string(search))),
  indexof_n: ([text, search]) => positions(string(text), string(search)).map(int),
  'glob.quote_meta': ([pattern]) => string(pattern).replace(GLOB_META, '\\$&'),
  trace: () => true,
};
