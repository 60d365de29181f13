import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readStacks } from '../read.ts';
import { cedarStack } from './index.ts';

const page = join(import.meta.dirname, '../../../../docs/how-to/write-a-cedar-policy.md');

it('docs/how-to/write-a-cedar-policy.md shows a policy set that is valid, lints clean and passes its tests and examples', async () => {
  const text = await readFile(page, 'utf8');
  const shown = [...text.matchAll(/^`(policies\/\S+)`:\n\n```\w+\n(.*?)^```$/gms)];
  const files = new Map(shown.map(([, path = '', body = '']) => [path, Buffer.from(body)]));
  const { policies, problems } = await readStacks(files, ['policies']);
  expect(problems).toEqual([]);
  const [policy = expect.fail('no policy')] = policies;
  expect(await cedarStack.lint?.(policy, files)).toEqual([]);
  const results = await cedarStack.test(policies, files, { environment: {} });
  expect(results.map(({ ok }) => ok)).toEqual([true, true, true, true]);
});
