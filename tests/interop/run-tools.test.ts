import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { exhibit, ROOT, temporary } from '../acceptance/workshop.ts';

const TOOLS = join(homedir(), '.cache', 'exhibit', 'tools');
const PATH = [join(TOOLS, 'checkov-venv', 'bin'), TOOLS, process.env.PATH].join(delimiter);
const there = (name: string) => PATH.split(delimiter).some((folder) => existsSync(join(folder, name)));
/** In a pipeline a tool that is not there is a failure. */
const skip = (name: string) => !there(name) && (process.env.CI ?? '') === '';
const title = (name: string) => `${name}${there(name) ? '' : ` (skipped: no ${name} found)`}`;

let folder: string;
beforeAll(() => {
  folder = temporary('run-tools');
  expect(exhibit(['ledger', 'init', join(folder, 'evidence')]).code).toBe(0);
});

interface Recorded {
  tool: string;
  tool_version?: string;
  run_total: number;
  details: {
    counts: Record<string, number>;
    invocation: { version?: string; exit_code: number; exit_means: string; arguments: string[] };
  };
}

/** Runs a tool, and reads the record of its run from the log. */
function run(...words: string[]): { code: number | null; record: Recorded; stdout: string } {
  const { code, stdout, stderr } = exhibit(
    ['run', '--no-bundle', '--evidence', join(folder, 'evidence'), ...words],
    {
      cwd: folder,
      // Policies and reports come from the test; a pipeline's variables do not.
      env: { PATH, CI: '' },
    },
  );
  const size = /log size (\d+)/.exec(stderr.replaceAll(/\s+/g, ' '))?.[1];
  if (size === undefined) throw new Error(stderr);
  const last = exhibit(['ledger', 'proof', join(folder, 'evidence'), String(Number(size) - 1), '--record']);
  return { code, stdout, record: JSON.parse(last.stdout) as Recorded };
}

const POD = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - {name: web, image: "nginx:latest", securityContext: {privileged: true}}
`;

describe('real tools, run as they are', () => {
  beforeAll(() => {
    writeFileSync(join(folder, 'pod.yaml'), POD);
  });

  it.skipIf(skip('checkov'))(title('checkov'), () => {
    const { code, record, stdout } = run('--', 'checkov', '-f', 'pod.yaml', '-o', 'json', '--compact');
    const { passed, failed } = (JSON.parse(stdout) as { summary: { passed: number; failed: number } })
      .summary;
    expect({ code, counts: record.details.counts }).toMatchObject({
      code: 1,
      counts: { pass: passed, fail: failed },
    });
    expect(record.details.invocation).toMatchObject({
      exit_code: 1,
      exit_means: 'findings',
      version: record.tool_version,
    });
  });

  it.skipIf(skip('conftest'))(title('conftest'), () => {
    mkdirSync(join(folder, 'policy'));
    writeFileSync(
      join(folder, 'policy', 'main.rego'),
      'package main\n\ndeny contains "privileged" if input.spec.containers[_].securityContext.privileged\n\ndeny contains "no name" if not input.metadata.name\n',
    );
    const { code, record } = run('--', 'conftest', 'test', 'pod.yaml', '-o', 'json');
    // One of two rules is broken.
    expect({ code, total: record.details.counts.fail }).toEqual({ code: 1, total: 1 });
    // Built from its module it does not know its own version; that of the OPA in it is none.
    expect(record.tool_version ?? '0.').toMatch(/^0\./);
    const broken = run('--', 'conftest', 'test', 'absent.yaml', '-o', 'json');
    expect(broken.code).toBe(3);
    expect(broken.record.details.counts.pass).toBe(0);
  });

  it.skipIf(skip('gator'))(title('gator'), () => {
    const out = join(folder, 'gatekeeper');
    const policies = join(folder, 'policies');
    expect(exhibit(['init', policies]).code).toBe(0);
    const exported = exhibit(['policy', 'export', 'gatekeeper', policies, '--out', out]);
    expect(exported.stderr === '' || exported.code === 0).toBe(true);
    const parts = ['-f', join(out, 'templates'), '-f', join(out, 'constraints'), '-f', 'pod.yaml'];
    const { code, record, stdout } = run('--', 'gator', 'test', '-o', 'json', ...parts);
    const results = JSON.parse(stdout) as unknown[];
    expect(results.length).toBeGreaterThan(0);
    expect({ code, fail: record.details.counts.fail }).toEqual({ code: 1, fail: results.length });
  });

  it.skipIf(skip('kyverno'))(title('kyverno'), () => {
    const policy = join(ROOT, 'policies', 'policies', 'kubernetes');
    expect(existsSync(policy)).toBe(true);
    writeFileSync(
      join(folder, 'kyverno.yaml'),
      `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: no-privileged}
spec:
  validationFailureAction: Audit
  rules:
    - name: privileged
      match: {any: [{resources: {kinds: [Pod]}}]}
      validate:
        message: privileged
        pattern: {spec: {containers: [{"=(securityContext)": {"=(privileged)": "false"}}]}}
`,
    );
    const { record } = run(
      '--',
      'kyverno',
      'apply',
      'kyverno.yaml',
      '--resource',
      'pod.yaml',
      '--policy-report',
    );
    expect(record.details.counts).toMatchObject({ pass: 0, fail: 1 });
  });

  it.skipIf(skip('helm'))(title('helm'), () => {
    execFileSync(join(TOOLS, 'helm'), ['create', 'good'], { cwd: folder, stdio: 'ignore' });
    execFileSync(join(TOOLS, 'helm'), ['create', 'bad'], { cwd: folder, stdio: 'ignore' });
    writeFileSync(join(folder, 'bad', 'templates', 'x.yaml'), '{{ if }}\n');
    expect(run('--', 'helm', 'lint', 'good').record.details.counts).toMatchObject({ pass: 1 });
    const bad = run('--', 'helm', 'lint', 'bad');
    expect(bad.code).toBe(1);
    expect(bad.record.details.counts).toMatchObject({ pass: 0 });
    // What is no report at all is an error, however it ended.
    expect(run('--', 'helm', 'template', 'good').code).toBe(3);
  });
});
