import { ExhibitError, exactNumber, isExactNumber, isSameNumber, MAX_DEPTH } from '../record/index.ts';
import { jsonDuplicate, jsonSyntaxError } from './json-errors.ts';
import { LineIndex } from './lines.ts';

/** A reviver's third argument: the source text of a primitive (JSON.parse source text access). */
type SourceReviver = (key: string, value: unknown, context: { source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;

// Only a number this long, or with an exponent, can differ from its double. It may match inside a string: then the slower
// parse finds nothing, which costs time and no correctness.
const LONG_NUMBER = /\d[\d.]{15}|[:,[\s]-?\d+(?:\.\d+)?[eE]/;
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/**
 * Parses JSON strictly: a duplicate key is an error, because two readers would see two values; a number that a double cannot
 * hold keeps its digits.
 * @param text attacker-controlled
 * @param offset where `text` starts in the file, for the location of an error
 * @throws ExhibitError INPUT_SYNTAX, INPUT_TOO_LARGE, INPUT_ENCODING
 */
export function parseJson(file: string, text: string, whole = text, offset = 0): unknown {
  const place = (at: number) => ({ file, ...new LineIndex(whole).at(at + offset) });
  const { members, deepest } = scan(text);
  if (deepest.depth > MAX_DEPTH) {
    throw new ExhibitError('INPUT_TOO_LARGE', `the file is nested deeper than ${MAX_DEPTH} levels`, {
      location: place(deepest.offset),
      hint: 'No configuration needs that. The limit is fixed.',
    });
  }
  let value: unknown;
  try {
    value = LONG_NUMBER.test(text) ? parseWithSource(text, keepDigits) : JSON.parse(text);
  } catch (cause) {
    throw jsonSyntaxError(text, place, cause);
  }
  if (countMembers(value) !== members) throw jsonDuplicate(text, place);
  if (SURROGATE_ESCAPE.test(text) && holdsLoneSurrogate(value)) throw loneSurrogate(file);
  return value;
}

function keepDigits(_key: string, value: unknown, context: { source?: string }): unknown {
  if (typeof value !== 'number' || context.source === undefined) return value;
  return isSameNumber(context.source, value) ? value : exactNumber(context.source);
}

/** Colons outside strings (one for each member) and the deepest nesting. Well-formedness is JSON.parse's business. */
function scan(text: string): { members: number; deepest: { depth: number; offset: number } } {
  let members = 0;
  let depth = 0;
  const deepest = { depth: 0, offset: 0 };
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
        if (depth > deepest.depth) {
          deepest.depth = depth;
          deepest.offset = i;
        }
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
      default:
    }
  }
  return { members, deepest };
}

/** Offset of the quote that ends the string which starts at `start`; the end of the text where there is none. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return quote;
  }
  return text.length;
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countMembers(item);
    return count;
  }
  // An exact number is an object, but has no member in the text.
  if (isExactNumber(value)) return 0;
  for (const key of Object.keys(value)) count += 1 + countMembers((value as Record<string, unknown>)[key]);
  return count;
}

function holdsLoneSurrogate(value: unknown): boolean {
  if (typeof value === 'string') return !value.isWellFormed();
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => !key.isWellFormed() || holdsLoneSurrogate(inner));
}

function loneSurrogate(file: string): ExhibitError {
  return new ExhibitError(
    'INPUT_ENCODING',
    'a string holds half of a surrogate pair, which is no character',
    {
      location: { file },
      hint: 'Readers disagree about such a string. Write the whole character, or leave it out.',
    },
  );
}
