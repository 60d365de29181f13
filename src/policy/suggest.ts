/** Longest name that is compared: ids have at most 128 characters. */
const LONGEST = 128;

/**
 * The name that was probably meant: the one with the fewest changed, added or left out characters, where those are at
 * most a third of it.
 * @returns undefined where none is near
 */
export function suggest(wrong: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.floor(Math.min(wrong.length, LONGEST) / 3) + 1;
  for (const name of names) {
    if (name.length > LONGEST || Math.abs(name.length - wrong.length) >= least) continue;
    const changes = distance(wrong, name);
    if (changes < least) [best, least] = [name, changes];
  }
  return best;
}

/** Levenshtein's distance: rows of the usual table, one at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
