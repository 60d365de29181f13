import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// Not part of the contract of the sources: reading for tests.
import { readText } from '../../../src/sources/testing/read-fixture.ts';
import { ingested, tally } from '../../../src/sources/testing/tally.ts';
import { findCheckov } from '../policy/checkov.ts';

const run = promisify(execFile);
const SHOP = resolve('examples/shop');
const SHOP_YAML = join(SHOP, 'k8s/shop.yaml');
const checkov = findCheckov(process.env);
const conftest = await run('conftest', ['--version']).then(
  () => true,
  () => false,
);
if (process.env.CI === 'true' && !conftest) throw new Error('conftest was not found on PATH');

const POLICY = `package main

deny_root contains msg if {
  input.kind == "Deployment"
  not input.spec.template.spec.securityContext.runAsNonRoot
  msg := "runs as root"
}

warn contains msg if {
  input.kind == "Service"
  msg := "a service"
}

exception contains rules if {
  input.metadata.name == "known"
  rules := ["root"]
}
`;
const manifest = (kind: string, name: string) =>
  `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: {template: {spec: {}}}\n`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exhibit-scanners-'));
  await writeFile(join(folder, 'policy.rego'), POLICY);
  await writeFile(join(folder, 'bad.yaml'), manifest('Deployment', 'bad'));
  await writeFile(join(folder, 'known.yaml'), manifest('Deployment', 'known'));
  await writeFile(join(folder, 'service.yaml'), manifest('Service', 's'));
  await writeFile(join(folder, 'good.yaml'), manifest('ConfigMap', 'good'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a tool prints, also where its exit code says that it found something. */
async function printed(command: string, args: string[], cwd = folder): Promise<string> {
  const given = { cwd, maxBuffer: 256 * 1024 * 1024, env: { ...process.env, NODE_TEST_CONTEXT: undefined } };
  const { stdout } = await run(command, args, given).catch((error: { stdout?: string }) => {
    if (error.stdout === undefined || error.stdout === '') throw error;
    return { stdout: error.stdout };
  });
  return stdout;
}

describe.skipIf(checkov === undefined)(
  `checkov${checkov === undefined ? ' (skipped: no checkov found)' : ''}`,
  () => {
    const of = (...args: string[]) => printed(checkov as string, ['--skip-download', ...args], SHOP);

    it('over the example: our passes, failures and resources are its own', async () => {
      const text = await of('-d', '.', '-o', 'json');
      const frameworks = JSON.parse(text) as { summary: Record<string, number> }[];
      expect(frameworks.length).toBeGreaterThan(1);
      const sum = (name: string) =>
        frameworks.reduce((total, { summary }) => total + (summary[name] ?? 0), 0);
      const read = await readText(text, 'r.json');
      expect(tally(read.outcomes)).toEqual({ pass: sum('passed'), fail: sum('failed') });
      expect(sum('passed')).toBeGreaterThan(100);
      const { complete, facts } = await ingested(read);
      expect([complete, facts.scanned, facts.stated]).toEqual([
        true,
        sum('resource_count'),
        { pass: sum('passed'), fail: sum('failed'), suppressed: 0 },
      ]);
    });

    it('with --quiet, as SARIF and as JUnit: the same failures under the same policy ids', async () => {
      const failed = async (text: string, name: string) => {
        const { outcomes, detected, problems } = await readText(text, name);
        expect(problems).toEqual([]);
        const fails = outcomes.filter(({ verdict }) => verdict === 'fail');
        return {
          format: detected.source.id,
          ids: fails.map(({ check, tool }) => `${tool ?? 'checkov'}/${check}`).sort(),
        };
      };
      const file = ['-f', 'k8s/shop.yaml'];
      const whole = await failed(await of(...file, '-o', 'json'), 'r.json');
      const quiet = await failed(await of(...file, '-o', 'json', '--quiet'), 'r.json');
      expect(whole.ids.length).toBeGreaterThan(10);
      expect(quiet).toEqual(whole);
      // SARIF goes into a file.
      await of(...file, '-o', 'sarif', '--output-file-path', folder);
      const sarif = await failed(await printed('cat', ['results_sarif.sarif']), 'r.sarif');
      expect(sarif).toEqual({ format: 'sarif', ids: whole.ids });
      const junit = await failed(await of(...file, '-o', 'junitxml'), 'r.xml');
      expect([junit.format, junit.ids.length]).toEqual(['junit-xml', whole.ids.length]);
    });

    it('takes its skip comments for suppressions, and a folder without code for no pass', async () => {
      await writeFile(
        join(folder, 'skip.tf'),
        'resource "aws_s3_bucket" "a" {\n  #checkov:skip=CKV_AWS_18:not needed\n  bucket = "a"\n}\n',
      );
      const read = await readText(await of('-f', join(folder, 'skip.tf'), '-o', 'json'), 'r.json');
      const skipped = read.outcomes.filter(({ suppressed }) => suppressed !== undefined);
      expect(skipped).toMatchObject([
        { check: 'CKV_AWS_18', verdict: 'not_evaluated', suppressed: { reason: 'not needed' } },
      ]);
      expect((await ingested(read)).problems).toEqual([]);
      const nothing = await readText(await of('-f', join(folder, 'policy.rego'), '-o', 'json'), 'r.json');
      expect(nothing.detected.source.id).toBe('checkov-json');
      expect((await ingested(nothing)).complete).toBe(false);
    });
  },
);

describe.skipIf(!conftest)(`conftest${conftest ? '' : ' (skipped: no conftest found)'}`, () => {
  const of = (output: string) =>
    printed('conftest', [
      'test',
      '-p',
      'policy.rego',
      '-o',
      output,
      'bad.yaml',
      'known.yaml',
      'service.yaml',
      'good.yaml',
    ]);

  it('as JSON and as SARIF: one failure, one warning, one exception, one document that passed', async () => {
    const text = await of('json');
    const documents = JSON.parse(text) as Record<string, unknown[] | undefined>[];
    const count = (name: string) => documents.reduce((sum, one) => sum + (one[name]?.length ?? 0), 0);
    expect([count('failures'), count('warnings'), count('exceptions')]).toEqual([1, 1, 1]);
    for (const [report, name] of [
      [text, 'r.json'],
      [await of('sarif'), 'r.sarif'],
    ] as const) {
      const { outcomes, problems } = await readText(report, name);
      expect(problems).toEqual([]);
      // failures and warnings are fails; the exception is suppressed; good.yaml passed. SARIF also has a success for the document of the exception.
      const beside = name === 'r.sarif' ? 1 : 0;
      expect(tally(outcomes)).toEqual({ fail: 1 + 1, not_evaluated: 1 + beside, suppressed: 1, pass: 1 });
      expect(outcomes.find(({ verdict }) => verdict === 'pass')?.subject.id).toBe('good.yaml');
      expect(new Set(outcomes.map(({ check }) => check))).toEqual(new Set(['main']));
    }
    const { outcomes } = await readText(text, 'r.json');
    expect(
      outcomes.find(({ verdict, disposition }) => verdict === 'fail' && disposition === undefined),
    ).toMatchObject({
      rule: 'deny_root',
      subject: { type: 'document', id: 'bad.yaml' },
      message: 'runs as root',
    });
  });

  it('as JUnit: failures are what its suite counts', async () => {
    const read = await readText(await of('junit'), 'r.xml');
    expect(read.detected.source.id).toBe('junit-xml');
    expect(tally(read.outcomes).fail).toBe(1 + 1);
    expect((await ingested(read)).problems).toEqual([]);
  });

  it('over the example, in each form', async () => {
    for (const [output, name] of [
      ['json', 'r.json'],
      ['sarif', 'r.sarif'],
      ['junit', 'r.xml'],
    ] as const) {
      const text = await printed('conftest', ['test', '-p', 'policy.rego', '-o', output, SHOP_YAML]);
      const read = await readText(text, name);
      expect([output, tally(read.outcomes).fail, read.problems]).toEqual([output, 2, []]);
    }
  });
});

describe("node's own test runner", () => {
  it('as JUnit: passes, a failure and a skipped test', async () => {
    await writeFile(
      join(folder, 'a.test.mjs'),
      `import { test } from 'node:test';
test('good', () => {});
test('bad', () => { throw new Error('<no> & "no"'); });
test('later', { skip: 'not yet' }, () => {});
test('outer', async (t) => { await t.test('inner', () => {}); });
`,
    );
    const read = await readText(
      await printed(process.execPath, ['--test', '--test-reporter=junit', 'a.test.mjs']),
      'r.xml',
    );
    expect(read.problems).toEqual([]);
    // good and inner pass; the outer test is a suite.
    expect(tally(read.outcomes)).toEqual({ pass: 2, fail: 1, not_evaluated: 1, suppressed: 1 });
    expect(read.outcomes.find(({ verdict }) => verdict === 'fail')?.message).toContain('<no> & "no"');
  });
});
