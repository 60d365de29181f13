/** Characters that change how others are read and are not seen themselves: directions, joiners, marks, tags. */
const UNSEEN = /[\p{Cf}\u2028\u2029]/gu;

/**
 * Text in which nothing hides: a character that turns the direction of others or is not seen stands as its number. A name could
 * look like another one otherwise.
 */
export function visible(text: string): string {
  return text.toWellFormed().replace(UNSEEN, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
}
