import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { describeWithOpa } from '../../engine/testing/need-opa.ts';
import { openReader } from '../../ledger/index.ts';
import { commitAll, FIXTURE, writeFixture } from '../../policy/testing/fixture.ts';
import type { EvidenceRecord } from '../../record/index.ts';
import { Machine } from '../testing/program.ts';

const METADATA = (cadence: string) => `    policies.kyverno.io/title: Pods name their team
    policies.kyverno.io/severity: critical
    policies.kyverno.io/description: Every pod has the label team.
    exhibit/policy: |
      owner: platform
      controls:
        - {control: soc2/cc6.1, strength: supporting, rationale: Says who answers for a pod.}
      layers: {admission: enforce}
      cadence: ${cadence}
      remediation: Set the label team.
      since: "2026-11-01"
      inputs: [kubernetes]
`;
const KYVERNO = `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: team-named
  annotations:
${METADATA('P1D')}spec:
  rules:
    - name: team
      match: {any: [{resources: {kinds: [Pod]}}]}
      validate: {failureAction: Enforce, message: no team, pattern: {metadata: {labels: {team: "?*"}}}}
`;
const ADMISSION = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: team-asked
  annotations:
${METADATA('change')}spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  validations: [{expression: "has(object.metadata.labels)"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: team-asked}
spec: {policyName: team-asked, validationActions: [Deny]}
`;
const box = FIXTURE['policies/box/box-sealed/policy.rego'] ?? '';
/** The same rule for plans and manifests, and one of them that is for manifests only. */
const rego = (id: string, inputs: string, layers: string) =>
  box
    .replaceAll('box_sealed', id.replaceAll('-', '_'))
    .replaceAll('box-sealed', id)
    .replace('inputs: [json]', `inputs: [${inputs}]`)
    .replace('layers: {ci: enforce, pre-commit: warn}', `layers: {${layers}}`);

const exportsOf = (...formats: string[]) =>
  `exports:\n${formats.map((format) => `  - {format: ${format}, folder: exports/${format}}\n`).join('')}`;
const OVERRIDE = (FIXTURE['overrides/ok.yaml'] ?? '')
  .replace('box-sealed', 'plan-sealed')
  .replace('subjects: ["box/*"]', 'subjects: ["box.waived"]');

interface Place {
  bundle: string[];
}
const machine = new Machine('2026-11-18T12:00:00Z');
let all: Place;
let none: Place;

async function repository(more: Record<string, string>): Promise<Place> {
  const folder = await writeFixture({
    '.gitignore': '/.exhibit/\n',
    'overrides/bad.yaml': undefined,
    'overrides/ok.yaml': OVERRIDE,
    'policies/k8s/team-named/kyverno.yaml': KYVERNO,
    'policies/k8s/team-asked/admission-policy.yaml': ADMISSION,
    'policies/k8s/plan-sealed/policy.rego': rego(
      'plan-sealed',
      'terraform-plan, kubernetes',
      'ci: enforce, admission: enforce',
    ),
    'policies/k8s/pod-sealed/policy.rego': rego(
      'pod-sealed',
      'kubernetes',
      'ci: enforce, admission: enforce',
    ),
    ...more,
  });
  await commitAll(folder);
  for (const verb of ['build', 'sign']) {
    const { code, stderr } = await machine.run('policy', verb, folder);
    expect(`${code} ${stderr}`).toMatch(/^0 /);
  }
  const built = join(folder, '.exhibit');
  return {
    bundle: ['--bundle', join(built, 'bundle.tar.gz'), '--bundle-key', join(built, 'keys', 'bundle.pub.pem')],
  };
}

let evidence = 0;
async function ingested(format: string, report: unknown, { bundle }: Place = all) {
  evidence += 1;
  const folder = `evidence-${evidence}`;
  writeFileSync(join(machine.folder, 'report'), typeof report === 'string' ? report : JSON.stringify(report));
  expect((await machine.run('ledger', 'init', folder)).code).toBe(0);
  const ended = await machine.run('ingest', format, 'report', '--evidence', folder, ...bundle);
  expect([0, 3]).toContain(ended.code);
  const reader = await openReader(join(machine.folder, folder));
  const records: EvidenceRecord[] = [];
  for await (const { bytes } of reader.entries(0, (await reader.checkpoint()).size))
    records.push(JSON.parse(Buffer.from(bytes).toString()) as EvidenceRecord);
  await reader.close();
  return records.filter(({ record_type, format: own }) => own !== undefined && record_type !== 'run');
}
const brief = ({ policy_id, rule_id, verdict, disposition, severity }: EvidenceRecord) =>
  `${policy_id} ${rule_id} ${verdict} ${disposition} ${severity}`;

const report = (...results: object[]) => ({
  apiVersion: 'wgpolicyk8s.io/v1alpha2',
  kind: 'PolicyReport',
  metadata: { name: 'r', namespace: 'shop' },
  scope: { kind: 'Pod', name: 'web' },
  results,
});
const check = (id: string, result: string, resource = 'box.a', more: object = {}) => ({
  check_id: id,
  check_name: id,
  check_result: { result, ...more },
  file_path: '/main.tf',
  resource,
});
const checkov = (lists: object) => ({
  check_type: 'terraform_plan',
  results: { passed_checks: [], failed_checks: [], skipped_checks: [], parsing_errors: [], ...lists },
});

describeWithOpa('a report of an exported policy', () => {
  beforeAll(async () => {
    all = await repository({
      'exhibit.yaml': `${FIXTURE['exhibit.yaml']}${exportsOf('checkov', 'gatekeeper', 'kyverno', 'trivy')}`,
    });
    none = await repository({});
  }, 240_000);

  it('of Kyverno and of the API server is one of the own policy, where name, kind and rule fit', async () => {
    const results = [
      { policy: 'team-named', rule: 'team', source: 'kyverno', result: 'pass', severity: 'low' },
      { policy: 'team-named', rule: 'autogen-team', source: 'kyverno', result: 'fail' },
      { policy: 'team-named', rule: 'another', source: 'kyverno', result: 'pass' },
      { policy: 'team-named', source: 'KyvernoValidatingPolicy', result: 'pass' },
      { policy: 'team-asked', source: 'ValidatingAdmissionPolicy', result: 'pass' },
      { policy: 'team-asked', source: 'kyverno', result: 'pass' },
      { policy: 'box-sealed', source: 'kyverno', result: 'pass' },
      { policy: 'plan-sealed', source: 'kyverno', result: 'pass' },
    ];
    const records = await ingested('policy-report', report(...results));
    expect(records.map(brief)).toEqual([
      'team-named team-named/team pass none critical',
      'team-named team-named/autogen-team fail observed critical',
      'kyverno/team-named kyverno/team-named/another pass none medium',
      'kyverno/team-named kyverno/team-named pass none medium',
      'team-asked team-asked pass none critical',
      'kyverno/team-asked kyverno/team-asked pass none medium',
      'kyverno/box-sealed kyverno/box-sealed pass none medium',
      'kyverno/plan-sealed kyverno/plan-sealed pass none medium',
    ]);
    expect(records[0]).toMatchObject({
      tool: 'kyverno',
      details: {
        export: 'kyverno',
        foreign: { policy_id: 'kyverno/team-named', rule: 'team', severity: 'low' },
      },
    });
    // Without severity the report's silence is no longer the record's.
    expect(records[1]?.details).not.toHaveProperty('severity_stated');
  });

  it('stays a foreign one where the policy repository names no export', async () => {
    const results = [{ policy: 'team-named', rule: 'team', source: 'kyverno', result: 'pass' }];
    expect((await ingested('policy-report', report(...results), none)).map(brief)).toEqual([
      'kyverno/team-named kyverno/team-named/team pass none medium',
    ]);
    const failed = checkov({ passed_checks: [check('CKV2_EXH_PLAN_SEALED', 'PASSED')] });
    expect((await ingested('checkov-json', failed, none)).map(brief)).toEqual([
      'checkov/CKV2_EXH_PLAN_SEALED checkov/CKV2_EXH_PLAN_SEALED pass none medium',
    ]);
  });

  it('of Checkov has the severity and the overrides of the own policy; of a policy that its export leaves out it is foreign', async () => {
    const waived = (names: string) => ({ suppress_comment: `Waived by override ${names}` });
    const records = await ingested(
      'checkov-json',
      checkov({
        passed_checks: [check('CKV2_EXH_PLAN_SEALED', 'PASSED'), check('CKV2_EXH_POD_SEALED', 'PASSED')],
        failed_checks: [check('CKV2_EXH_PLAN_SEALED', 'FAILED', 'box.b')],
        skipped_checks: [
          check('CKV2_EXH_PLAN_SEALED', 'SKIPPED', 'box.waived', waived('OV-1')),
          // Its scope does not cover this one, whatever the report says.
          check('CKV2_EXH_PLAN_SEALED', 'SKIPPED', 'box.other', waived('OV-1')),
          check('CKV2_EXH_PLAN_SEALED', 'SKIPPED', 'box.c', waived('OV-77')),
        ],
      }),
    );
    const decisions = records.filter(({ record_type }) => record_type === 'decision');
    expect(decisions.map(brief)).toEqual([
      'plan-sealed plan-sealed pass none high',
      'checkov/CKV2_EXH_POD_SEALED checkov/CKV2_EXH_POD_SEALED pass none medium',
      'plan-sealed plan-sealed fail observed high',
      'plan-sealed plan-sealed fail waived high',
      'plan-sealed plan-sealed fail observed high',
      'plan-sealed plan-sealed not_evaluated observed high',
    ]);
    expect(decisions[3]).toMatchObject({ override_id: 'OV-1' });
    // An override of ours is no suppression of the tool.
    expect(records.filter(({ record_type }) => record_type === 'override')).toHaveLength(1);
  });

  it('of Gatekeeper is of the exported constraint only, and what it could not judge is no fail', async () => {
    const one = (name: string, msg: string) => ({
      target: 'admission.k8s.gatekeeper.sh',
      msg,
      constraint: { kind: 'ExhibitPodSealed', metadata: { name } },
      violatingObject: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } },
      enforcementAction: 'deny',
    });
    const results = [
      one('pod-sealed', 'open'),
      one('pod-sealed', 'Not evaluated: a value is not known'),
      one('mine', 'open'),
    ];
    expect((await ingested('gator-json', results)).map(brief)).toEqual([
      'pod-sealed pod-sealed fail observed high',
      'pod-sealed pod-sealed not_evaluated observed high',
      'gatekeeper/ExhibitPodSealed gatekeeper/ExhibitPodSealed/mine fail observed medium',
    ]);
  });

  it('of Trivy is never a pass: it says the same of a file without anything to judge', async () => {
    const row = (Status: string, ID = 'EXHIBIT-pod-sealed') => ({
      ...{ Type: 'Kubernetes Security Check', ID, Title: 'sealed', Message: 'open', Status, Severity: 'LOW' },
    });
    const trivy = {
      SchemaVersion: 2,
      ArtifactName: '.',
      Results: [
        {
          ...{ Target: 'pod.yaml', Class: 'config', Type: 'kubernetes' },
          MisconfSummary: { Successes: 2, Failures: 1 },
          Misconfigurations: [row('FAIL'), row('PASS'), row('PASS', 'EXHIBIT-nobody')],
        },
      ],
    };
    expect((await ingested('trivy-json', trivy)).map(brief)).toEqual([
      'pod-sealed pod-sealed fail observed high',
      'pod-sealed pod-sealed not_evaluated observed high',
      'trivy/EXHIBIT-nobody trivy/EXHIBIT-nobody pass none low',
    ]);
  });
});
