/**
 * A word of a command line as a POSIX shell reads it back: quoted where it must be, so that a hint can be pasted.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
 */
export function shellWord(word: string): string {
  return /^[\w./@:+=,%-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
