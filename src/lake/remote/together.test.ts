import { expect, test } from 'vitest';
import { together } from './together.ts';

const untilStopped = (stop: AbortSignal, ended: string[]) =>
  new Promise<never>((_, reject) => {
    const end = () => {
      ended.push('stopped');
      reject(new Error('stopped'));
    };
    if (stop.aborted) end();
    else stop.addEventListener('abort', end);
  });

test('two works are done at the same time', async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  // Each waits for the other: one after the other, they would never end.
  const both = together(
    async () => {
      await gate;
      return 'first';
    },
    async () => {
      open();
      return 2;
    },
  );
  expect(await both).toEqual(['first', 2]);
});

test('where one fails the other is stopped and waited for, and the first error is told', async () => {
  const ended: string[] = [];
  const wrong = new Error('wrong');
  const fails = async () => {
    throw wrong;
  };
  await expect(together(fails, (stop) => untilStopped(stop, ended))).rejects.toBe(wrong);
  await expect(together((stop) => untilStopped(stop, ended), fails)).rejects.toBe(wrong);
  expect(ended).toEqual(['stopped', 'stopped']);
});

test('what is told to stop from outside stops both', async () => {
  const ended: string[] = [];
  const outer = AbortSignal.abort();
  const work = (stop: AbortSignal) => untilStopped(stop, ended);
  await expect(together(work, work, outer)).rejects.toThrow('stopped');
  expect(ended).toEqual(['stopped', 'stopped']);
});
