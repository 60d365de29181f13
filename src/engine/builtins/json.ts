import type { Builtin } from '../wasm/instance.ts';
import { isArray, RegoNumber, RegoObject, RegoSet, sorted, sortedEntries, type Term } from '../wasm/term.ts';
import { fail, string } from './operands.ts';

/** Deepest nesting that Go's encoding/json reads. */
const DEEPEST = 10_000;

function tooDeep(text: string): boolean {
  if (text.length <= DEEPEST) return false;
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{\]}]/gs)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (depth > DEEPEST) return true;
  }
  return false;
}

type SourceReviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;

/** Members come before what holds them. Numbers keep their text; half a surrogate pair becomes U+FFFD, as in Go. */
const toTerm: SourceReviver = (_key, value, { source }): Term => {
  if (typeof value === 'number') return new RegoNumber(source ?? String(value));
  if (typeof value === 'string') return value.toWellFormed();
  if (value === null || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value as Term[];
  const members = new Map(
    Object.entries(value as object).map(([key, item]) => [key.toWellFormed(), item as Term]),
  );
  return new RegoObject([...members]);
};

const unmarshal: Builtin = ([text]) => {
  const json = string(text);
  if (tooDeep(json)) fail('nested too deeply');
  try {
    return JSON.parse(json, toTerm as (key: string, value: unknown) => unknown) as Term;
  } catch (error) {
    if (error instanceof SyntaxError) return fail('not JSON');
    throw error;
  }
};

const isValid: Builtin = ([text]) => {
  if (typeof text !== 'string' || tooDeep(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Go's encoding/json: keys sorted by their bytes; <, >, & and the line separators escaped. */
function marshal(term: Term): string {
  if (term === null || typeof term === 'boolean') return String(term);
  if (typeof term === 'string') return quote(term);
  if (term instanceof RegoNumber) return term.text;
  if (term instanceof RegoSet) return marshal(sorted(term.items));
  if (isArray(term)) return `[${term.map(marshal).join(',')}]`;
  // A key that is no text is written as its JSON; of two keys with one text the last counts.
  const members = new Map(
    sortedEntries(term).map(([key, value]) => [typeof key === 'string' ? key : marshal(key), value]),
  );
  const byBytes = [...members].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${byBytes.map(([key, value]) => `${quote(key)}:${marshal(value)}`).join(',')}}`;
}

const quote = (text: string): string =>
  JSON.stringify(text.toWellFormed()).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export const json: Readonly<Record<string, Builtin>> = {
  'json.is_valid': isValid,
  'json.marshal': ([term = null]) => marshal(term),
  'json.unmarshal': unmarshal,
};
