import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Blocks } from './blocks.ts';

const log = {
  async *entries(from: number, to: number) {
    for (let index = from; index < to; index += 1) yield { index, bytes: new Uint8Array() };
  },
};

test('each leaf that was added is read again, once, in order, and none that is not of a block of one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3_000 }),
      fc.array(fc.nat({ max: 2_999 }), { maxLength: 8 }),
      async (size, some) => {
        const added = some.filter((index) => index < size).sort((a, b) => a - b);
        const blocks = new Blocks();
        for (const index of added) blocks.add(index);
        const read: number[] = [];
        for await (const { index } of blocks.read(log, size)) read.push(index);
        const expected = Array.from({ length: size }, (_, index) => index).filter((index) =>
          added.some((one) => Math.floor(one / 256) === Math.floor(index / 256)),
        );
        expect(read).toEqual(expected);
        expect(blocks.entries(size)).toBe(expected.length);
      },
    ),
    { numRuns: 50 },
  );
});
