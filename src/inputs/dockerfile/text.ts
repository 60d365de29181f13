/** Spaces as Go's `unicode.IsSpace` knows them: without U+FEFF, with U+0085. */
const SPACE = '\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const LEFT = new RegExp(`^[${SPACE}]+`);
const ONE = new RegExp(`[${SPACE}]`);

export const trimLeft = (text: string): string => text.replace(LEFT, '');

/** Without a regular expression at the end: `[...]+$` over a long run of spaces is quadratic. */
export function goTrim(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text.charAt(end - 1))) end -= 1;
  return trimLeft(text.slice(0, end));
}

export const isSpace = (character: string): boolean => character !== '' && ONE.test(character);

/** BuildKit drops the first character of a comment, which is not its mark where the comment is indented. */
export const firstChars = (line: string): number => (line === '' ? 0 : 1);
