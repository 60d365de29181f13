import { expect } from 'vitest';
import type { Source } from '../types.ts';
import { readText } from './read-fixture.ts';

/**
 * Reads a report cut off at twenty places. It may say less, and must not throw, and must not say `pass` more often than the whole does.
 * @returns how many of them told a problem
 */
export async function cutOff(text: string, name: string, source: Source): Promise<number> {
  const passes = (read: Awaited<ReturnType<typeof readText>>) =>
    read.outcomes.filter(({ verdict }) => verdict === 'pass').length;
  const most = passes(await readText(text, name, source));
  let problems = 0;
  for (let part = 1; part < 20; part += 1) {
    const cut = text.slice(0, Math.floor((text.length * part) / 20));
    if (cut.trim() === '') continue;
    const read = await readText(cut, name, source).catch(
      (error: { code?: string }) => error.code ?? String(error),
    );
    if (typeof read === 'string') {
      expect(read).toMatch(/^INPUT_/);
      problems += 1;
      continue;
    }
    expect(passes(read)).toBeLessThanOrEqual(most);
    if (read.problems.length > 0) problems += 1;
  }
  return problems;
}
