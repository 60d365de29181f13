import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { TestSpecification, Vitest } from 'vitest/node';
import LongestFirst, { SECONDS } from './longest-first.ts';

const root = join(import.meta.dirname, '..');
const project = { name: 'unit', config: { sequence: { groupOrder: 0 }, isolate: true } };
const at = (file: string) => ({ moduleId: join(root, file), project }) as unknown as TestSpecification;

it('starts the longest files first, and keeps the order of vitest for those that are not named', async () => {
  const vitest = { config: { root }, cache: { getTestSpecificationResult: () => undefined } };
  const sorted = await new LongestFirst(vitest as unknown as Vitest).sort([
    at('scripts/longest-first.test.ts'),
    at('tests/interop/pages/report-page.test.ts'),
    at('src/lake/close.test.ts'),
    at('tests/faults/kill.test.ts'),
  ]);
  expect(sorted.map(({ moduleId }) => moduleId.slice(root.length + 1))).toEqual([
    'tests/faults/kill.test.ts',
    'tests/interop/pages/report-page.test.ts',
    // The larger of the two.
    'src/lake/close.test.ts',
    'scripts/longest-first.test.ts',
  ]);
});

it('names files that are there', () => {
  expect(Object.keys(SECONDS).filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
