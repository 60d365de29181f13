/** Levenshtein's distance: rows of the usual table, one at a time. */
export function distance(a: string, b: string): number {
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

const NEAR = 3;

/** Words behind a name that is not known: those with the fewest letters to change, nearest first, when these are at most a third of them. Empty where there is none. */
export function didYouMean(name: string, names: readonly string[]): string {
  const near = [...new Set(names)]
    .map((one) => ({ one, letters: distance(name, one) }))
    .filter(({ letters }) => letters <= Math.max(1, name.length / 3))
    .sort((a, b) => a.letters - b.letters || (a.one < b.one ? -1 : 1))
    .slice(0, NEAR)
    .map(({ one }) => one);
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}
