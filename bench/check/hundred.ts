// 1,000 manifests and a hundred policies: Exhibit and conftest on the same five rules, each of them twenty times. The command of Kyverno
// has fewer manifests of them, and Exhibit the same ones beside it: it takes milliseconds for each manifest and policy.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inTurn, type ProcessRun, type Row, runOnce, summarize } from '../measure.ts';
import { commitAll, signedBundle } from '../repository.ts';
import { writeManifests } from './manifests.ts';
import { findPeer, ratios } from './peers.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const EXHIBIT = join(ROOT, 'bin', 'exhibit.js');

export interface HundredBenchOptions {
  manifests: number;
  /** How many of the manifests Kyverno is given. */
  forKyverno: number;
  /** Times that each of the five rules is there. */
  copies: number;
  runs: number;
}

interface Rule {
  name: string;
  /** Body of a deny rule for conftest; Exhibit runs the same file. */
  rego: string;
  /** What must hold of a Deployment, in CEL, for a ValidatingPolicy of Kyverno. */
  cel: string;
}

const CONTAINERS = 'object.spec.template.spec.containers';
const RULES: readonly Rule[] = [
  {
    name: 'latest',
    rego: 'endswith(input.spec.template.spec.containers[_].image, ":latest")',
    cel: `${CONTAINERS}.all(c, !c.image.endsWith(':latest'))`,
  },
  {
    name: 'privileged',
    rego: 'input.spec.template.spec.containers[_].securityContext.privileged == true',
    cel: `${CONTAINERS}.all(c, !c.?securityContext.?privileged.orValue(false))`,
  },
  {
    name: 'memory',
    rego: 'some c in input.spec.template.spec.containers\n\tnot c.resources.limits.memory',
    cel: `${CONTAINERS}.all(c, has(c.resources) && has(c.resources.limits) && has(c.resources.limits.memory))`,
  },
  {
    name: 'cpu',
    rego: 'some c in input.spec.template.spec.containers\n\tnot c.resources.limits.cpu',
    cel: `${CONTAINERS}.all(c, has(c.resources) && has(c.resources.limits) && has(c.resources.limits.cpu))`,
  },
  {
    name: 'network',
    rego: 'input.spec.template.spec.hostNetwork == true',
    cel: 'object.spec.template.spec.?hostNetwork.orValue(false) == false',
  },
];

export function hundredBench({ manifests, forKyverno, copies, runs }: HundredBenchOptions): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-bench-hundred-'));
  try {
    const [input, few] = [join(folder, 'manifests'), join(folder, 'few')];
    writeManifests(input, manifests);
    writeManifests(few, forKyverno);
    const repository = join(folder, 'policies');
    const kyvernoPolicies = join(folder, 'kyverno');
    write(repository, { 'exhibit.yaml': 'name: bench\n', '.gitignore': '.exhibit/\n' });
    for (const rule of RULES)
      for (let copy = 0; copy < copies; copy += 1) {
        const id = `${rule.name}-${copy}`;
        write(repository, { [`policies/${id}/policy.rego`]: rego(id, rule) });
        write(kyvernoPolicies, { [`${id}.yaml`]: validatingPolicy(id, rule) });
      }
    commitAll(repository, 'A hundred policies');
    const bundle = signedBundle(repository);
    const env = { ...process.env, EXHIBIT_STATE: join(folder, 'state'), HOME: folder, TMPDIR: folder };
    const exhibit = (files: string): Tool => ({
      name: 'exhibit',
      run: () =>
        runOnce(process.execPath, [EXHIBIT, 'check', files, ...bundle, '--layer', 'ci', '-o', 'json'], env),
      fails: ({ stdout }) => stdout.split('"verdict": "fail"').length - 1,
    });
    const policies = `${RULES.length * copies} policies (${RULES.length} rules, ${copies} times each)`;
    return [
      ...compare(
        [exhibit(input), ...conftest(input, repository)],
        `${manifests} manifests, ${policies}`,
        runs,
      ),
      ...compare(
        [exhibit(few), ...kyverno(few, kyvernoPolicies, env)],
        `${forKyverno} manifests, ${policies}`,
        runs,
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Tool {
  name: string;
  run: () => ProcessRun;
  /** How many fails it reported: the times compare nothing where the tools find another number. */
  fails: (run: ProcessRun) => number;
}

function conftest(input: string, repository: string): Tool[] {
  const path = findPeer('conftest');
  if (path === undefined) return [];
  const args = ['test', input, '-p', join(repository, 'policies'), '--all-namespaces', '-o', 'json'];
  const count = (files: { failures?: unknown[] }[]) =>
    files.reduce((sum, { failures = [] }) => sum + failures.length, 0);
  return [
    { name: 'conftest', run: () => runOnce(path, args), fails: ({ stdout }) => count(JSON.parse(stdout)) },
  ];
}

function kyverno(input: string, policies: string, env: NodeJS.ProcessEnv): Tool[] {
  const path = findPeer('kyverno');
  if (path === undefined) return [];
  const args = ['apply', policies, '--resource', input, '--remove-color'];
  // Its last line: `pass: 400, fail: 100, warn: 0, error: 0, skip: 0`.
  const count = (text: string) => Number(/fail: (\d+), warn/.exec(text)?.[1] ?? Number.NaN);
  return [{ name: 'kyverno', run: () => runOnce(path, args, env), fails: ({ stdout }) => count(stdout) }];
}

function compare(tools: readonly Tool[], what: string, runs: number): Row[] {
  const results = inTurn(
    runs,
    tools.map(({ run }) => run),
  );
  const found = tools.map(({ name, fails }, i) => {
    const [first] = results[i] ?? [];
    return { name, fails: first === undefined ? Number.NaN : fails(first) };
  });
  return [
    ...tools.map(({ name }, i) => summarize(`${name}: ${what}`, results[i] ?? [])),
    ...ratios(
      tools.map(({ name }) => name),
      results,
      what,
    ),
    {
      name: `fails that each finds: ${what}`,
      value: found[0]?.fails ?? Number.NaN,
      unit: 'fails',
      note: found.map(({ name, fails }) => `${name}: ${fails.toLocaleString('en-US')}`).join('; '),
    },
  ];
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function rego(id: string, rule: Rule): string {
  return `# METADATA
# title: Rule ${id}
# description: The same file is judged by conftest and by Exhibit, so the two do the same work.
# custom:
#   exhibit:
#     id: ${id}
#     severity: high
#     owner: bench
#     controls: [{control: soc2/cc6.1, rationale: Used for measuring only., strength: supporting}]
#     layers: {ci: enforce}
#     cadence: change
#     remediation: Measuring only.
#     since: "2026-11-01"
#     inputs: [kubernetes]
package bench.${id.replaceAll('-', '_')}

import rego.v1

deny contains msg if {
	${rule.rego}
	msg := "${rule.name}"
}
`;
}

function validatingPolicy(id: string, rule: Rule): string {
  return `apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata:
  name: ${id}
spec:
  validationActions: [Deny]
  matchConstraints:
    resourceRules:
      - apiGroups: [apps]
        apiVersions: [v1]
        operations: [CREATE, UPDATE]
        resources: [deployments]
  validations:
    - expression: >-
        ${rule.cel}
      message: ${rule.name}
`;
}

if (process.argv[1] === import.meta.filename) {
  const [manifests = 1_000, forKyverno = 20, copies = 20, runs = 3] = process.argv.slice(2).map(Number);
  for (const row of hundredBench({ manifests, forKyverno, copies, runs }))
    process.stdout.write(`${JSON.stringify(row)}\n`);
}
