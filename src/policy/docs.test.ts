import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findOpa, lintRepository, readRepository, testRepository } from './index.ts';
import { writeFixture } from './testing/fixture.ts';

const page = join(import.meta.dirname, '../../docs/how-to/write-a-policy.md');

describe('docs/how-to/write-a-policy.md', () => {
  it('shows a policy that lints clean, and passes its tests and examples', async () => {
    const text = await readFile(page, 'utf8');
    const files = [...text.matchAll(/^`(policies\/\S+)`:\n\n```\w+\n(.*?)^```$/gms)].map(([, path, body]) => [
      path ?? '',
      body ?? '',
    ]);
    expect(files.map(([path]) => path?.split('/').at(-1))).toEqual([
      'policy.rego',
      'policy_test.rego',
      'good-plan.json',
      'bad-plan.json',
      'policy.rego',
      'policy_test.rego',
      'good-job.yaml',
      'bad-pod.yaml',
    ]);
    const opa = await findOpa(process.env);
    const folder = await writeFixture({
      'overrides/bad.yaml': undefined,
      'overrides/ok.yaml': undefined,
      ...Object.fromEntries(files),
    });
    const library = join(import.meta.dirname, '../../policies/lib');
    await cp(library, join(folder, 'lib'), { recursive: true });
    const repository = await readRepository(folder, { opa });
    expect(await lintRepository(repository, { opa })).toEqual([]);
    const report = await testRepository(repository, { opa });
    expect(report.failures).toEqual([]);
    expect(
      report.examples.find(({ file }) => file.endsWith('queue-named/examples/bad-plan.json'))?.message,
    ).toBe('aws_sqs_queue.orders has no tag Name.');
    expect(
      report.examples.find(({ file }) => file.endsWith('team-named/examples/bad-pod.yaml'))?.message,
    ).toBe('Pod/shop/web names no team.');
    for (const name of ['queue-named', 'team-named'])
      expect(report.files.find(({ file }) => file.includes(name))?.percent).toBe(100);
  });
});
