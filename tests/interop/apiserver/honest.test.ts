import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Machine } from '../../../src/cli/testing/program.ts';
import { type Guarded, startGuarded, until } from './guarded.ts';
import { pod } from './pod.ts';
import { why } from './server.ts';

const [BLOCKED, CLEAN] = ['a'.repeat(40), 'b'.repeat(40)];

interface Answer {
  question: string;
  answer: string;
  why: string;
  rests_on: { record_id?: string; reference?: string; says: string }[];
}

describe.skipIf(why !== '')(`the honest test, with a real API server${why}`, () => {
  let on: Guarded;
  const machine = new Machine(new Date().toISOString());
  const evidence = () => join(on.at.folder, 'evidence');
  const run = (...args: string[]) => {
    machine.now = Date.now();
    return machine.run(...args);
  };
  /** The gate of a pipeline, on one commit. */
  const gate = async (commit: string, privileged: boolean) => {
    Object.assign(machine.env, {
      GITHUB_ACTIONS: 'true',
      GITHUB_SERVER_URL: 'https://git.example.com',
      GITHUB_REPOSITORY: 'shop/infra',
      GITHUB_SHA: commit,
      GITHUB_RUN_ID: '42',
    });
    writeFileSync(join(machine.folder, 'pod.yaml'), pod('web', privileged));
    const bundle = join(on.folder, 'bundle.tar.gz');
    const key = join(on.folder, 'bundle.pub.pem');
    return run(
      ...['check', 'pod.yaml', '--layer', 'ci', '--bundle', bundle, '--bundle-key', key],
      ...['--evidence', evidence(), '--emitter', 'ci/shop'],
    );
  };
  const answers = async (): Promise<Record<string, Answer>> => {
    const { stdout } = await run('honest-test', '--evidence', evidence(), '-o', 'json');
    const told = JSON.parse(stdout) as { answers: Answer[] };
    return Object.fromEntries(told.answers.map((one) => [one.question, one]));
  };

  beforeAll(async () => {
    on = await startGuarded('policies');
    await on.applyAll('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n');
    await on.configure('Fail');
    await until('the webhook is in force', async () =>
      (await on.create(pod('web', true), '&dryRun=All')).status === 403 ? true : undefined,
    );
  }, 300_000);
  afterAll(async () => on?.stop());

  it('what the gate blocked and the webhook denied is a yes once the other side’s log says so, too', async () => {
    await on.at.stop();
    expect((await gate(BLOCKED, true)).code).toBe(1);
    expect((await gate(CLEAN, false)).code).toBe(0);
    expect((await answers()).ci).toMatchObject({
      answer: 'not_shown',
      why: expect.stringContaining('merges import'),
    });
    await on.at.restart();
    // What the gate refused is applied by hand.
    expect((await on.create(pod('web', true))).status).toBe(403);
    const caught = await until('the API server’s own log', async () => {
      const { admission } = await answers();
      return admission?.answer === 'yes' ? admission : undefined;
    });
    expect(caught.rests_on).toMatchObject([
      { says: expect.stringContaining('which blocks in CI, too') },
      { reference: expect.stringMatching(/^[0-9a-f-]{36}$/), says: expect.stringContaining('403') },
    ]);
    await on.at.stop();
    // The code host's log: another change was merged since, and the blocked one was not.
    writeFileSync(
      join(machine.folder, 'merges.json'),
      JSON.stringify([
        {
          number: 8,
          html_url: 'https://git.example.com/shop/infra/pull/8',
          title: 'Without the privilege',
          merged_at: new Date(Date.now() + 1_000).toISOString(),
          merged_by: { login: 'ada' },
          head: { sha: CLEAN },
          base: { ref: 'main' },
          labels: [],
        },
      ]),
    );
    await new Promise((done) => setTimeout(done, 1_500));
    const imported = await run(
      ...['merges', 'import', 'github', '--repository', 'git.example.com/shop/infra'],
      ...['--evidence', evidence(), '--file', 'merges.json', '--branch', 'main'],
    );
    expect(imported.stdout).toContain('1');
    const { ci, admission } = await answers();
    expect([ci?.answer, admission?.answer]).toEqual(['yes', 'yes']);
    expect(ci?.rests_on).toMatchObject([
      { says: expect.stringContaining(BLOCKED) },
      { reference: 'https://git.example.com/shop/infra/pull/8' },
    ]);
  });
});
