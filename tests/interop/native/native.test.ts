import { describe, expect, test } from 'vitest';
import { NATIVE_DIFFERENCES, type Outcome } from '../../../src/policy/native-differences.ts';
import { REPLACED } from '../../../src/policy/replacements.ts';
import { NATIVE_BUILTINS } from '../../../src/policy/runtime-builtins.ts';
import { askBoth } from './both.ts';
import { outcomes } from './outcome.ts';
import { BUILTINS, LANGUAGE, OLD_RULES, RULES } from './subjects.ts';

const listed = (of: readonly { name: string }[], rest: boolean): Record<string, Outcome[]> =>
  Object.fromEntries(
    NATIVE_DIFFERENCES.filter(({ name }) => of.some((subject) => subject.name === name))
      .map((one) => [one.name, [...(rest ? (one.rest ?? one.outcomes) : one.outcomes)].sort()] as const)
      .filter(([, found]) => found.length > 0),
  );

describe("OPA's WebAssembly against its interpreter", () => {
  test.each([
    ['built-ins', BUILTINS, false],
    ['language', LANGUAGE, false],
    ['built-ins with their replacements', BUILTINS, true],
    ['language with replacements of built-ins', LANGUAGE, true],
  ])(
    '%s: the differences are those of the table',
    { timeout: 600_000 },
    async (_name, subjects, replaced) => {
      const pairs = await askBoth(subjects, { rules: RULES, old: OLD_RULES, replaced });
      const { found, examples } = outcomes(pairs);
      const table = listed(subjects, replaced);
      // Said first, since a name alone does not help.
      const unlisted = Object.entries(examples).filter(
        ([key]) => !Object.entries(table).some(([name, all]) => all.some((one) => key === `${name} ${one}`)),
      );
      expect(unlisted).toEqual([]);
      expect(found).toEqual(table);
      expect(pairs.filter(({ opa }) => opa !== 'undefined').length).toBeGreaterThan(pairs.length / 4);
    },
  );

  test('every native built-in is asked, and every name of the table', () => {
    const names = [...BUILTINS, ...LANGUAGE].map(({ name }) => name);
    expect(NATIVE_BUILTINS.filter((name) => !names.includes(name))).toEqual([]);
    expect(NATIVE_DIFFERENCES.filter(({ name }) => !names.includes(name))).toEqual([]);
  });

  test('what is replaced is in the table, and the table says what is replaced', () => {
    const names = { 'replace of nothing': 'replace', 'to_number compared': 'to_number' };
    const said = NATIVE_DIFFERENCES.filter(({ rest }) => rest !== undefined).map(
      ({ name }) => new Map(Object.entries(names)).get(name) ?? name,
    );
    const language = ['text of sums'];
    expect([...new Set(said)].filter((name) => !language.includes(name)).sort()).toEqual(
      [...REPLACED].sort(),
    );
  });

  // A difference that is left and can change a verdict would need a warning of `policy lint`.
  test('with the replacements, built-ins differ in the order of members and the digits of numbers alone', () => {
    const left = NATIVE_DIFFERENCES.filter(({ name }) => NATIVE_BUILTINS.includes(name)).filter(
      ({ rest, outcomes: all }) => (rest ?? all).some((outcome) => outcome !== 'text'),
    );
    // It writes a set into a text, in another order.
    expect(left.map(({ name }) => name)).toEqual(['internal.template_string']);
  });
});
