import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Problem, StackPolicy } from '../../types.ts';
import { readStacks } from '../read.ts';
import { jsonIn } from './apply.ts';
import { changesOf, said } from './changes.ts';
import { findKyverno } from './find.ts';
import { lintPolicyFile } from './lint.ts';
import { testWithCli } from './test.ts';

const POLICY = `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: team-named
  annotations:
    policies.kyverno.io/title: Pods name their team
    policies.kyverno.io/severity: low
    policies.kyverno.io/description: Every pod has the label team.
    exhibit/policy: |
      owner: platform
      controls:
        - control: soc2/cc6.1
          strength: supporting
          rationale: Says who answers for a pod.
      layers: {admission: enforce, runtime: observe}
      cadence: P1D
      remediation: Set the label team.
      since: "2026-11-25"
spec:
  rules:
    - name: team
      match: {any: [{resources: {kinds: [Pod]}}]}
      validate:
        failureAction: Enforce
        message: the label team is missing
        pattern: {metadata: {labels: {team: "?*"}}}
`;
const ADMISSION = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: team-named
${POLICY.slice(POLICY.indexOf('  annotations:'), POLICY.indexOf('spec:')).replace(', runtime: observe', '')}spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  validations: [{expression: "has(object.metadata.labels)"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: team-named}
spec: {policyName: team-named, validationActions: [Deny]}
`;
const FOLDER = 'policies/k8s/team-named';

/** What reading and lint say of a repository with these files; the policies in it. */
async function read(text: Record<string, string>) {
  const files = new Map(Object.entries(text).map(([path, body]) => [path, Buffer.from(body)]));
  const { policies, problems } = await readStacks(files, ['policies']);
  return {
    policies,
    problems: [...problems, ...policies.flatMap((policy) => lintPolicyFile(policy, files))],
  };
}

const kyverno = (text: string) => read({ [`${FOLDER}/kyverno.yaml`]: text });
const admission = (text: string) => read({ [`${FOLDER}/admission-policy.yaml`]: text });
const place = ({ message, location: { line, column } }: Problem) => `${line}:${column} ${message}`;

describe('a policy of Kyverno', () => {
  it('carries the metadata of every policy in its annotations', async () => {
    const { policies, problems } = await kyverno(POLICY);
    expect(problems).toEqual([]);
    expect(policies[0]).toEqual({
      id: 'team-named',
      title: 'Pods name their team',
      description: 'Every pod has the label team.',
      severity: 'low',
      owner: 'platform',
      controls: [{ control: 'soc2/cc6.1', strength: 'supporting', rationale: 'Says who answers for a pod.' }],
      layers: { admission: 'enforce', runtime: 'observe' },
      cadence: 'P1D',
      remediation: 'Set the label team.',
      since: '2026-11-25',
      inputs: [],
      redact: [],
      style: 'kyverno',
      file: `${FOLDER}/kyverno.yaml`,
      files: [`${FOLDER}/kyverno.yaml`],
    } satisfies StackPolicy);
  });

  it('or in policy.yaml beside it, under the same name', async () => {
    const bare = POLICY.replace(/ {2}annotations:[\s\S]*?(?=spec:)/, '');
    const fields = POLICY.slice(POLICY.indexOf('      owner:'), POLICY.indexOf('spec:')).replace(
      /^ {6}/gm,
      '',
    );
    const side = `${fields}id: team-name\ntitle: Teams\nseverity: low\ndescription: Teams.\n`;
    const { problems } = await read({ [`${FOLDER}/kyverno.yaml`]: bare, [`${FOLDER}/policy.yaml`]: side });
    expect(problems.map(place)).toEqual(['4:9 the policy is team-name, but its object is named team-named']);
  });

  it.each([
    [
      'no metadata',
      POLICY.replace('exhibit/policy', 'exhibit/other'),
      '1:undefined policies/k8s/team-named/kyverno.yaml has no metadata for Exhibit',
    ],
    [
      'a control that is none',
      POLICY.replace('soc2/cc6.1', 'soc2'),
      '12:20 controls.0.control: expected framework/control, such as soc2/cc6.1',
    ],
    [
      'a severity that is none',
      POLICY.replace('severity: low', 'severity: huge'),
      /^7:35 severity: Invalid option/,
    ],
    [
      'an annotation that is not YAML',
      POLICY.replace('since: "2026', 'since: ["2026'),
      /^19:7 the annotation exhibit\/policy is not YAML: Flow sequence/,
    ],
    [
      'an id beside its name',
      POLICY.replace('owner: platform', 'id: other\n      owner: platform'),
      '10:11 id stands in metadata.name, not in exhibit/policy',
    ],
    [
      'a newer version',
      POLICY.replace('kyverno.io/v1', 'kyverno.io/v3'),
      '1:13 ClusterPolicy of kyverno.io/v3 is not known here, so nobody could test it',
    ],
    [
      'another kind',
      POLICY.replace('ClusterPolicy', 'CleanupPolicy'),
      '2:7 CleanupPolicy of kyverno.io/v1 is no policy that this file may hold',
    ],
    [
      'a second policy',
      `${POLICY}---\n${POLICY}`,
      '29:7 the file holds a second policy, ClusterPolicy team-named',
    ],
    ['nothing', '# nothing\n', '1:undefined policies/k8s/team-named/kyverno.yaml holds no policy'],
    [
      'no object',
      'a: 1\n',
      '1:1 the document is no Kubernetes object: it has no apiVersion and no kind and no metadata.name',
    ],
    ['no YAML', 'a: [1\n', /^\d+:\d+ Flow sequence/],
    [
      'a layer of checks',
      POLICY.replace('runtime: observe', 'ci: enforce'),
      '6:5 team-named claims the layer ci: a check does not run Kyverno, whose CLI would judge there',
    ],
    [
      'a background scan that is off',
      POLICY.replace('spec:\n', 'spec:\n  background: false\n'),
      '6:5 team-named claims the layer runtime: the background scan is switched off',
    ],
    [
      'a scan that should block',
      POLICY.replace('runtime: observe', 'runtime: enforce'),
      '6:5 team-named claims the layer runtime: a background scan reports, so its mode is observe',
    ],
    [
      'an action weaker than its mode',
      POLICY.replace('failureAction: Enforce', 'failureAction: Audit'),
      '24:24 team-named says that admission is set to enforce, but ClusterPolicy team-named only reports (observe)',
    ],
    [
      'no action at all',
      POLICY.replace('        failureAction: Enforce\n', ''),
      '21:7 team-named says that admission is set to enforce, but ClusterPolicy team-named only reports (observe)',
    ],
    // Kyverno's own conformance test "validation failure action overrides": a bad pod is let in where an override says Audit.
    [
      'an action of its own in some namespaces',
      POLICY.replace(
        'spec:\n',
        'spec:\n  validationFailureActionOverrides: [{action: Audit, namespaces: ["*"]}]\n',
      ),
      '20:47 team-named says that admission is set to enforce, but ClusterPolicy team-named only reports (observe)',
    ],
    [
      'a rule with an action of its own in some namespaces',
      POLICY.replace(
        '        failureAction: Enforce\n',
        '        failureAction: Enforce\n        failureActionOverrides: [{action: Audit, namespaces: ["*"]}]\n',
      ),
      '25:43 team-named says that admission is set to enforce, but ClusterPolicy team-named only reports (observe)',
    ],
    [
      'a second list of images that is only reported',
      POLICY.replace(
        /validate:[\s\S]*$/,
        'verifyImages:\n        - {failureAction: Enforce, imageReferences: [a/*]}\n        - {failureAction: Audit, imageReferences: [b/*]}\n',
      ),
      '25:27 team-named says that admission is set to enforce, but ClusterPolicy team-named only reports (observe)',
    ],
    [
      'rules that are off for requests',
      POLICY.replace('spec:\n', 'spec:\n  admission: false\n'),
      '6:5 team-named claims the layer admission: its rules are switched off for requests',
    ],
    [
      'a failure that lets through',
      POLICY.replace('spec:\n', 'spec:\n  failurePolicy: Ignore\n'),
      '20:18 team-named is enforced, but failurePolicy Ignore lets through what its engine cannot judge',
    ],
  ])('with %s is named with its line', async (_what, text, expected) => {
    const { problems } = await kyverno(text);
    expect(problems.map(place)).toEqual([
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    ]);
  });

  it('says what is known where a version is newer', async () => {
    const { problems } = await kyverno(POLICY.replace('kyverno.io/v1', 'kyverno.io/v3'));
    expect(problems[0]?.hint).toBe(
      'Known versions: kyverno.io/v1, kyverno.io/v2beta1. A newer one needs a newer Exhibit.',
    );
  });
});

describe('a policy of the API server', () => {
  it('is read with its binding', async () => {
    const { policies, problems } = await admission(ADMISSION);
    expect(problems).toEqual([]);
    expect(policies[0]).toMatchObject({
      style: 'admission-policy',
      layers: { admission: 'enforce' },
    });
  });

  it.each([
    [
      'no binding',
      ADMISSION.slice(0, ADMISSION.indexOf('---')),
      '2:7 nothing binds team-named, so it has no effect',
    ],
    [
      'a binding of another policy',
      ADMISSION.replace('policyName: team-named', 'policyName: other'),
      '26:20 team-named binds other, not team-named',
    ],
    [
      'a binding that only warns',
      ADMISSION.replace('[Deny]', '[Warn, Audit]'),
      '26:51 team-named says that admission is set to enforce, but ValidatingAdmissionPolicyBinding team-named only warns (warn)',
    ],
    [
      'a scan of what is there',
      ADMISSION.replace('{admission: enforce}', '{admission: enforce, runtime: observe}'),
      '6:5 team-named claims the layer runtime: the API server judges requests, not what is already there',
    ],
    [
      'a version that is gone',
      ADMISSION.replaceAll('k8s.io/v1', 'k8s.io/v2'),
      /ValidatingAdmissionPolicy of admissionregistration.k8s.io\/v2 is not known here/,
    ],
  ])('with %s is named with its line', async (_what, text, expected) => {
    const { problems } = await admission(text);
    expect(place(problems[0] as Problem)).toEqual(
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    );
  });
});

describe('without the CLI of Kyverno', () => {
  it('nothing is tested, which is no pass, and the result says how to get it', async () => {
    const { policies } = await kyverno(POLICY);
    const environment = { PATH: '/nowhere', HOME: '/nowhere' };
    const [result, ...more] = await testWithCli(policies, new Map(), { environment });
    expect(more).toEqual([]);
    expect(result).toMatchObject({
      policy_id: 'team-named',
      expected: 'test',
      ok: false,
      missing: 'kyverno',
    });
    expect(result?.message).toMatch(/neither on PATH nor in the cache.*EXHIBIT_KYVERNO/);
  });

  it.each([
    ['another program', '#!/bin/sh\necho hello\n', 'does not answer `version` as kyverno does'],
    ['an old one', '#!/bin/sh\necho Version: 1.13.4\n', 'is kyverno 1.13.4, older than 1.17'],
  ])('%s under its name is not taken, and is named', async (_what, script, why) => {
    const folder = await mkdtemp(join(tmpdir(), 'exhibit-kyverno-'));
    await writeFile(join(folder, 'kyverno'), script, { mode: 0o755 });
    const found = findKyverno({ PATH: folder, HOME: '/nowhere' });
    await expect(found).rejects.toMatchObject({
      code: 'TOOL_MISSING',
      message: expect.stringContaining(why),
    });
    const named = findKyverno({ EXHIBIT_KYVERNO: join(folder, 'gone'), PATH: folder, HOME: '/nowhere' });
    await expect(named).rejects.toThrow(/EXHIBIT_KYVERNO: .*gone is not there/);
  });
});

describe('what the CLI writes', () => {
  it('holds reports between text, one a line', () => {
    const text =
      'Applying 1 policy rule(s) to 2 resource(s)...\n{"a":1}\n---\n{"b":[2]}\n\nTest Summary: 1\n';
    expect(jsonIn(text)).toEqual([{ a: 1 }, { b: [2] }]);
    expect(jsonIn('Loading test ...\n[{"ID":1}]\nTest Summary: 1 tests passed\n')).toEqual([[{ ID: 1 }]]);
    expect(jsonIn('Checking ...\n[\n  {\n    "ID": 1\n  }\n]\n1 passed\n')).toEqual([[{ ID: 1 }]]);
    expect(jsonIn('Mutation:\nMutation has been applied successfully.{"a":1}\n')).toEqual([{ a: 1 }]);
    expect(jsonIn('{ no JSON\n[1] more\n')).toEqual([]);
  });
});

describe('a change', () => {
  it('names each value that differs by its place', () => {
    const from = { spec: { a: 1, list: [1, 2], gone: true }, 'x/y': { '~': 1 } };
    const to = { spec: { a: 1, list: [1, 3, 4] }, 'x/y': { '~': 2 } };
    expect(said(changesOf(from, to))).toBe(
      '/spec/list/1: 2 -> 3; /spec/list/2: absent -> 4; /spec/gone: true -> absent; /x~1y/~0: 1 -> 2',
    );
    expect(changesOf(from, structuredClone(from))).toEqual([]);
  });
});
