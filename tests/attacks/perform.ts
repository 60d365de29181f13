import { afterAll, describe, expect, it } from 'vitest';
import type { Answer, Family, Words } from './attack.ts';
import { ask } from './stage/ask.ts';

/** Long names are broken where a line ends: what is said is compared without any space. */
const bare = (text: string) => text.replaceAll(/\s+/g, '');
const says = (said: string, text: string) => bare(said).includes(bare(text));

async function give({ command }: Answer, words: Words) {
  const { code, stdout, stderr } = await ask(command, words);
  return { command, exit: code, said: `${stdout}\n${stderr}` };
}

async function expectAnswer(expected: Answer, words: Words): Promise<void> {
  const given = await give(expected, words);
  const missing = expected.says.filter((text) => !says(given.said, words[text] ?? text));
  expect({ ...given, missing }).toMatchObject({ exit: expected.exit, missing: [] });
}

/** On the copy that nobody touched the command finds nothing: no false alarm. */
async function expectQuiet(expected: Answer, words: Words): Promise<void> {
  const given = await give(expected, words);
  const alarm = expected.says.every((text) => says(given.said, text));
  expect({ ...given, alarm }).toMatchObject({ exit: expected.honest ?? 0, alarm: false });
}

/** Each attack of a family on a real store, and the commands that see it or do not. */
export function perform({ title, attacks, close }: Family, skipped = ''): void {
  describe.skipIf(skipped !== '')(`${title}${skipped}`, () => {
    afterAll(() => close?.());
    it.each(attacks)('$id $attack', async ({ perform: act, blind = [], seen, holds = [] }) => {
      const { attacked, honest } = await act();
      for (const expected of blind) await expectAnswer(expected, attacked);
      for (const expected of seen) {
        await expectQuiet(expected, honest);
        await expectAnswer(expected, attacked);
      }
      for (const expected of holds) await expectAnswer(expected, attacked);
    });
  });
}
