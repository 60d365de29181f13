import { expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { caseAt, fixedCases, originals } from './sources/cases.ts';
import { readBytes } from './sources/read.ts';

/** Random cases beyond the reports as they are. */
const RUNS = 3_000;
const SEED = 20_261_127;

const held = vi.hoisted(() => ({ taken: 0, left: 0 }));

// The real look, with each answer held against the schema.
vi.mock('../../src/sources/quick.ts', async (load) => {
  const real = await load<typeof import('../../src/sources/quick.ts')>();
  const quickly = <T>(schema: z.ZodType<T>, value: unknown) => {
    const quick = real.quickly(schema, value);
    if (quick === real.UNSURE) held.left += 1;
    else {
      held.taken += 1;
      expect(schema.safeParse(value)).toEqual({ success: true, data: quick });
    }
    return quick;
  };
  return { ...real, quickly };
});

it('a quick look gives what the schema gives, in each report and in damaged ones', {
  timeout: 600_000,
}, async () => {
  const all = originals();
  for (const { bytes, name } of all) await readBytes(bytes, name);
  // Most values of real reports are taken by it.
  expect(held.taken).toBeGreaterThan(4 * held.left);
  const first = fixedCases(all);
  for (let index = first; index < first + RUNS; index += 1) {
    const { bytes, name } = caseAt(index, SEED, all);
    await readBytes(bytes, name);
  }
  expect(held.left).toBeGreaterThan(100);
});
