import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  detectSource,
  type Item,
  type Outcome,
  openReport,
  openText,
  sourceOf,
} from '../../../src/sources/index.ts';
import { apply, manifestsIn, paths, request } from '../apiserver/client.ts';
import { type ApiServer, startApiServer, why as whyNoServer } from '../apiserver/server.ts';
import { why as whyNoKyverno } from '../kyverno/workshop.ts';
import { toolIsThere } from '../policy/export-corpus.ts';

const FOLDER = 'policies/policies/kubernetes';

async function itemsOf(text: string, format?: string): Promise<{ format: string; items: Item[] }> {
  const { report, sample } = await openText(Buffer.from(text), 'report');
  const source = format === undefined ? detectSource(sample).source : sourceOf(format);
  const items: Item[] = [];
  for await (const item of source.read(report)) items.push(item);
  return { format: source.id, items };
}

const outcomes = (items: readonly Item[]): Outcome[] => items.filter((item) => item.type === 'outcome');
const problems = (items: readonly Item[]) => items.filter((item) => item.type === 'problem');

function run(tool: string, args: readonly string[]): string {
  const home = mkdtempSync(join(tmpdir(), 'exhibit-sources-'));
  const env = { PATH: process.env.PATH, HOME: home, TMPDIR: home };
  const { stdout } = spawnSync(tool, args, { encoding: 'utf8', input: '', env, maxBuffer: 2 ** 28 });
  rmSync(home, { recursive: true, force: true });
  return stdout;
}

const examplesOf = (prefix: string): string[] =>
  readdirSync(FOLDER)
    .filter((name) => name.startsWith(prefix))
    .flatMap((name) =>
      readdirSync(join(FOLDER, name, 'examples')).map((file) => join(FOLDER, name, 'examples', file)),
    );

describe.skipIf(whyNoKyverno !== '')(`the real kyverno over examples of the library${whyNoKyverno}`, () => {
  const names = ['kyverno-image-fixed', 'kyverno-privileged-refused'];
  const policies = names.map((name) => join(FOLDER, name, 'kyverno.yaml'));
  // kyverno wants each object once, and the examples of both have the same names.
  const objects = names
    .flatMap(examplesOf)
    .map((path, i) => readFileSync(path, 'utf8').replace(/^( {2}name: )(\S+)$/m, `$1$2-${i}`));
  const file = join(tmpdir(), `exhibit-sources-${process.pid}.yaml`);
  const resources = ['--resource', file];
  beforeAll(() => writeFile(file, objects.join('\n---\n')));
  afterAll(() => rmSync(file, { force: true }));

  test.each(['json', 'yaml'])('its own counts are ours, from %s', (format) => {
    const counted = /pass: (\d+), fail: (\d+), warn: (\d+), error: (\d+), skip: (\d+)/.exec(
      run('kyverno', ['apply', ...policies, ...resources, '--remove-color']),
    );
    const text = run('kyverno', [
      'apply',
      ...policies,
      ...resources,
      '--policy-report',
      '--output-format',
      format,
    ]);
    return itemsOf(text).then(({ format: taken, items }) => {
      expect(taken).toBe('kyverno-cli-json');
      expect(problems(items)).toEqual([]);
      const count = (...verdicts: string[]) =>
        outcomes(items).filter(({ verdict }) => verdicts.includes(verdict)).length;
      const [, pass, fail, warn, error, skip] = (counted ?? []).map(Number);
      expect(fail).toBeGreaterThan(0);
      expect({
        pass: count('pass'),
        fail: count('fail'),
        error: count('error'),
        skip: count('not_applicable', 'not_evaluated'),
      }).toEqual({ pass, fail: (fail ?? 0) + (warn ?? 0), error, skip });
    });
  });
});

const gator = await toolIsThere('gator', ['--help']);

describe.skipIf(!gator)(
  `the real gator over examples of the library${gator ? '' : ' (skipped: no gator found)'}`,
  () => {
    test('its own lines are our outcomes', async () => {
      const library = ['template.yaml', 'owner_must_be_provided.yaml'].map((name) =>
        join('src/sources/testdata/gatekeeper', name),
      );
      const files = examplesOf('namespace-').filter((path) => /\.ya?ml$/.test(path));
      const args = [...library, ...files].flatMap((path) => ['-f', path]);
      const lines = run('gator', ['test', ...args])
        .split('\n')
        .filter((line) => / Message: "/.test(line));
      const { format, items } = await itemsOf(run('gator', ['test', '-o', 'json', ...args]));
      expect(format).toBe('gator-json');
      expect(problems(items)).toEqual([]);
      expect(lines.length).toBeGreaterThan(1);
      const said = lines.map((line) => /\["([^"]+)"\] Message: "(.*)"$/.exec(line)?.slice(1));
      const ours = outcomes(items).map(({ rule, message }) => [rule, message]);
      const sorted = (list: unknown[]) => list.map((each) => JSON.stringify(each)).sort();
      expect(ours).toHaveLength(lines.length);
      expect(sorted(ours.map(([rule]) => rule))).toEqual(sorted(said.map((each) => each?.[0])));
    });
  },
);

const POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- {level: Request, verbs: [create], resources: [{group: "", resources: [configmaps, pods]}]}
- {level: None}
`;
const vap = (name: string, actions: string) => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: ${name}}
spec:
  failurePolicy: Fail
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]}
  validations: [{expression: "!('${name}' in object.data)", message: "${name} says no"}]
  auditAnnotations: [{key: seen, valueExpression: "'${name}' in object.data ? 'yes' : ''"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: ${name}-binding}
spec: {policyName: ${name}, validationActions: [${actions}]}
`;
const hook = (name: string, failurePolicy: string) => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: ${name}}
webhooks:
- name: ${name}.example.com
  admissionReviewVersions: [v1]
  sideEffects: None
  timeoutSeconds: 2
  failurePolicy: ${failurePolicy}
  clientConfig: {url: "https://127.0.0.1:1/"}
  objectSelector: {matchLabels: {hook: ${name}}}
  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
`;
const SPACE = `apiVersion: v1
kind: Namespace
metadata: {name: guarded, labels: {pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/audit: restricted}}
`;
const map = (name: string, keys: string[], hook = 'none') =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels: { hook } },
    data: Object.fromEntries(['x', ...keys].map((key) => [key, 'x'])),
  });
const pod = (name: string, hostNetwork: boolean) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { hostNetwork, containers: [{ name: 'c', image: 'x:1' }] },
  });

describe.skipIf(whyNoServer !== '')(`the audit log of a real API server${whyNoServer}`, () => {
  let server: ApiServer;
  let log: string;

  const create = async (namespace: string, resource: string, text: string) =>
    (
      await request(server, 'POST', `/api/v1/namespaces/${namespace}/${resource}`, {
        type: 'application/json',
        text,
      })
    ).status;

  beforeAll(async () => {
    server = await startApiServer(async (folder) => {
      const policy = join(folder, 'audit-policy.yaml');
      log = join(folder, 'audit.log');
      await writeFile(policy, POLICY);
      return [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`, '--audit-log-mode=blocking-strict'];
    });
    const at = paths(server);
    const texts = [
      vap('watched', 'Audit'),
      vap('denied', 'Deny'),
      vap('both', 'Deny, Audit'),
      vap('warned', 'Warn'),
      hook('closed', 'Fail'),
      hook('open', 'Ignore'),
      SPACE,
    ];
    for (const text of texts) for (const one of manifestsIn(text)) await apply(server, await at(one), one);
    // The server takes policies and webhooks up some time after it has stored them.
    const settled = async (done: (i: number) => Promise<boolean>) => {
      for (let i = 0; i < 300; i += 1) {
        if (await done(i)) return;
        await new Promise((next) => setTimeout(next, 100));
      }
      throw new Error('the server takes a policy or a webhook up too late');
    };
    const answers = (name: string, status: number, keys: string[], hook?: string) =>
      settled(
        async (i) =>
          (await create('default', 'configmaps', map(`early-${name}-${i}`, keys, hook))) === status,
      );
    const logged = (name: string, text: string, keys: string[], hook?: string) =>
      settled(async (i) => {
        await create('default', 'configmaps', map(`early-${name}-${i}`, keys, hook));
        return readFileSync(log, 'utf8').includes(text);
      });
    await answers('denied', 422, ['denied']);
    await answers('both', 422, ['both']);
    await answers('closed', 500, [], 'closed');
    await logged('watched', '\\"policy\\":\\"watched\\"', ['watched']);
    await logged('open', 'failed-open.', [], 'open');
  });
  afterAll(async () => server?.stop());

  test('holds each decision once, with what was done', async () => {
    expect(await create('default', 'configmaps', map('final-fine', []))).toBe(201);
    expect(await create('default', 'configmaps', map('final-watched', ['watched']))).toBe(201);
    expect(await create('default', 'configmaps', map('final-warned', ['warned']))).toBe(201);
    expect(await create('default', 'configmaps', map('final-denied', ['denied']))).toBe(422);
    expect(await create('default', 'configmaps', map('final-both', ['both']))).toBe(422);
    expect(await create('default', 'configmaps', map('two-both', ['both', 'watched']))).toBe(422);
    expect(await create('default', 'configmaps', map('final-closed', [], 'closed'))).toBe(500);
    expect(await create('default', 'configmaps', map('final-open', [], 'open'))).toBe(201);
    expect(await create('guarded', 'pods', pod('final-in-host', true))).toBe(403);
    expect(await create('guarded', 'pods', pod('final-plain', false))).toBe(201);
    const { report, sample } = await openReport(log, 'audit.log');
    const { source, why, also } = detectSource(sample);
    expect([source.id, why, also]).toEqual(['kubernetes-audit', 'it has an event of audit.k8s.io', []]);
    const items: Item[] = [];
    for await (const item of source.read(report)) items.push(item);
    expect(problems(items)).toEqual([]);
    const final = outcomes(items).filter(({ subject }) => subject.name?.startsWith('final-'));
    const said = final
      .map(
        (one) =>
          `${one.subject.id} ${one.tool ?? source.tool}/${one.check} ${one.verdict} ${one.disposition ?? '-'}`,
      )
      .sort();
    // One request without a decision; a warning leaves no trace; the pod that passes is audited against the stricter level.
    expect(said).toEqual(
      [
        'ConfigMap/default/final-watched validating-admission-policy/watched fail observed',
        'ConfigMap/default/final-denied validating-admission-policy/denied fail enforced',
        'ConfigMap/default/final-both validating-admission-policy/both fail enforced',
        'ConfigMap/default/final-closed kubernetes/webhook/closed.example.com error enforced',
        'ConfigMap/default/final-open kubernetes/webhook/open.example.com not_evaluated observed',
        'Pod/guarded/final-in-host pod-security/baseline fail enforced',
        'Pod/guarded/final-in-host pod-security/restricted fail observed',
        'Pod/guarded/final-plain pod-security/baseline pass -',
        'Pod/guarded/final-plain pod-security/restricted fail observed',
      ].sort(),
    );
    // A server without kubernetes/kubernetes#140001 keeps one annotation a request: of two policies that audit it names the first that it judged.
    const two = outcomes(items).filter(({ subject }) => subject.name === 'two-both');
    expect(two.map(({ check, disposition }) => `${check} ${disposition}`)).toContain('both enforced');
    expect(two.length).toBeLessThanOrEqual(2);
    expect(final.every(({ actor, source_id }) => actor === 'admin' && source_id !== undefined)).toBe(true);
    expect(final.find(({ check }) => check === 'both')?.details).toMatchObject({
      audit_annotations: { 'both/seen': 'yes' },
    });
    const { items: alone } = await itemsOf(readFileSync(log, 'utf8'), 'vap-audit');
    const policies = outcomes(alone).filter(({ subject }) => subject.name?.startsWith('final-'));
    expect(policies.map(({ check }) => check).sort()).toEqual(['both', 'denied', 'watched']);
  });
});
