import { distance } from '../record/index.ts';

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
