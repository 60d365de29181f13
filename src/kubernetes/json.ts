import { exactNumber, isSameNumber } from '../record/index.ts';

type SourceReviver = (key: string, value: unknown, context: { source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;
// Only a number this long, or with an exponent, can differ from its double.
const LONG_NUMBER = /\d[\d.]{15}|[:,[\s]-?\d+(?:\.\d+)?[eE]/;

/** JSON in which a number that a double cannot hold keeps its digits: `JSON.stringify` writes it as it came. */
export function parseExact(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  return parseWithSource(text, (_key, value, { source }) =>
    typeof value !== 'number' || source === undefined || isSameNumber(source, value)
      ? value
      : exactNumber(source),
  );
}
