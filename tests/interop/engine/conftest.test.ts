import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createEngine, type Judgement } from '../../../src/engine/index.ts';
// Not part of the engine's contract: bundles and documents for tests.
import { bundleOf, sideFile } from '../../../src/engine/testing/bundles.ts';
import { DEFAULT_LIMITS, type InputDocument, parseInput } from '../../../src/inputs/index.ts';

const run = promisify(execFile);
const fixtures = '../shared/fixtures';
const present = existsSync(join(fixtures, 'conftest/deployment.rego'));
const conftest = await run('conftest', ['--version']).then(
  () => true,
  () => false,
);
if (process.env.CI === 'true' && !conftest) throw new Error('conftest was not found on PATH');
const why = conftest
  ? present
    ? ''
    : ' (skipped: shared fixtures are not beside the checkout)'
  : ' (skipped: no conftest found)';

interface Result {
  failures?: { msg: string }[];
  warnings?: { msg: string }[];
  exceptions?: { msg: string }[];
}

const YAML = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  template:
    spec:
      containers:
      - {name: a, image: "a:latest"}
      - {name: b, image: "b:1", resources: {limits: {memory: 1Gi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: good, labels: {app.kubernetes.io/name: good}}
spec:
  template:
    spec:
      securityContext: {runAsNonRoot: true}
      containers:
      - {name: b, image: "b:1", resources: {limits: {memory: 1Gi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: can-run-as-root}
spec: {template: {spec: {containers: []}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
`;

const EXCEPTIONS = `package main
import rego.v1
deny_run_as_root contains sprintf("%v runs as root: %v", [input.metadata.name, {"b": 1, "a": {2, 1}}]) if {
	input.kind == "Deployment"
	not input.spec.template.spec.securityContext.runAsNonRoot
}
deny contains {"msg": "no labels", "kind": input.kind} if not input.metadata.labels
violation_big contains "many containers" if count(input.spec.template.spec.containers) > 1
warn_old contains "old" if input.apiVersion == "v1"
exception contains rules if {
	input.metadata.name == "can-run-as-root"
	rules := ["run_as_root"]
}
`;

const messages = (judgements: readonly Judgement[]): string[] =>
  judgements
    .flatMap(({ message = '', details }) => {
      const all = details?.violations as { message: string }[] | undefined;
      return all === undefined ? [message] : all.map((each) => each.message);
    })
    .sort();

/** What conftest says of one file with one document. */
async function realConftest(rego: string, value: unknown): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-conftest-'));
  try {
    await writeFile(join(folder, 'p.rego'), rego);
    await writeFile(join(folder, 'input.json'), JSON.stringify(value));
    const args = ['test', '-o', 'json', '--no-fail', '-p', 'p.rego', 'input.json'];
    const { stdout } = await run('conftest', args, { cwd: folder });
    const [result] = JSON.parse(stdout) as Result[];
    return result ?? {};
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compare(rego: string, documents: readonly InputDocument[]): Promise<void> {
  const id = 'unchanged';
  const side = sideFile(id, ['style: conftest']);
  const bundle = await bundleOf({ 'policies/c/policy.rego': rego, 'policies/c/policy.yaml': side });
  const engine = await createEngine(bundle, { clock: () => 0 });
  for (const document of documents) {
    const ours = (await engine.judge(document, 'ci')).filter((each) => each.policy_id === id);
    const real = await realConftest(rego, document.value);
    const failed = ours.filter(({ verdict }) => verdict === 'fail');
    const texts = (list: { msg: string }[] | undefined): string[] =>
      (list ?? []).map(({ msg }) => msg).sort();
    expect(messages(failed.filter(({ at_most }) => at_most === undefined))).toEqual(texts(real.failures));
    expect(messages(failed.filter(({ at_most }) => at_most === 'warn'))).toEqual(texts(real.warnings));
    expect(ours.filter(({ verdict }) => verdict === 'not_applicable')).toHaveLength(
      real.exceptions?.length ?? 0,
    );
    expect(ours.filter(({ verdict }) => verdict === 'error')).toEqual([]);
  }
  await engine.close();
}

describe.skipIf(why !== '')(`Conftest rules, unchanged, against the real conftest${why}`, () => {
  const parse = (name: string, text: string): InputDocument[] => {
    const { documents } = parseInput(name, Buffer.from(text), DEFAULT_LIMITS);
    expect(documents.length).toBeGreaterThan(0);
    return documents;
  };

  test('deny and warn of a deployment', async () => {
    const rego = readFileSync(join(fixtures, 'conftest/deployment.rego'), 'utf8');
    const given = readFileSync(join(fixtures, 'conftest/deployments.yaml'), 'utf8');
    await compare(rego, [...parse('d.yaml', given), ...parse('y.yaml', YAML)]);
  });

  test('exceptions, named rules, violation, maps', async () => {
    await compare(EXCEPTIONS, parse('y.yaml', YAML));
  });
});
