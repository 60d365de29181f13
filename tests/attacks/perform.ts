import { afterAll, describe, expect, it } from 'vitest';
import type { Answer, Family, Words } from './attack.ts';
import { ask } from './stage/ask.ts';

/** Without the line breaks of a terminal. */
const flat = (text: string) => text.replaceAll(/\s+/g, ' ');

async function answer({ command }: Answer, words: Words) {
  const { code, stdout, stderr } = await ask(command, words);
  return { exit: code, said: flat(`${stdout}\n${stderr}`) };
}

/** Each attack of a family on a real store, and the commands that see it or do not; on the untouched copy they find nothing. */
export function perform({ title, attacks, close }: Family, skipped = ''): void {
  describe.skipIf(skipped !== '')(`${title}${skipped}`, () => {
    afterAll(() => close?.());
    it.each(attacks)('$id $attack', async ({ perform: act, blind = [], seen }) => {
      const { attacked, honest } = await act();
      for (const expected of blind) {
        const { exit, said } = await answer(expected, attacked);
        expect({ command: expected.command, exit, said }).toMatchObject({ exit: expected.exit });
        for (const text of expected.says) expect(said).toContain(text);
      }
      for (const expected of seen) {
        const before = await answer(expected, honest);
        expect({ ...before, command: expected.command }).toMatchObject({ exit: expected.honest ?? 0 });
        expect(expected.says.every((text) => before.said.includes(text))).toBe(false);
        const { exit, said } = await answer(expected, attacked);
        expect({ command: expected.command, exit, said }).toMatchObject({ exit: expected.exit });
        for (const text of expected.says) expect(said).toContain(text);
      }
    });
  });
}
