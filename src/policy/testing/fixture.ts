import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../exec.ts';

/** A small policy repository in all three styles, for tests. Text by path. */
export const FIXTURE: Readonly<Record<string, string>> = {
  'exhibit.yaml': 'name: fixture\noverrides: {longest_days: {high: 365}}\n',
  'frameworks/soc2.yaml': `id: soc2
title: SOC 2
version: "2017"
source: AICPA TSC
controls:
  - {id: cc6.1, title: Access, summary: Access is limited., coverage: automated}
  - {id: cc8.1, title: Change, summary: Changes are controlled., coverage: automated}
`,
  'controls/map.yaml': `links:
  - {policy_id: checkov/CKV_AWS_16, control: soc2/cc6.1, strength: partial, rationale: Storage of a database}
`,
  'overrides/ok.yaml': `id: OV-1
policy: box-sealed
scope: {subjects: ["box/*"]}
owner: Ada
approver: Grace
reason: The box is replaced in the next release.
ticket: https://tickets.example.org/1
created: 2026-01-01
sunset: 2026-12-31
`,
  'overrides/bad.yaml': `id: OV-2
policy: box-sealed
scope: {subjects: ["*"]}
owner: Ada
approver: " aDa"
reason: The box is replaced in the next release.
ticket: https://tickets.example.org/2
created: 2026-01-01
sunset: 2026-12-31
`,
  'lib/boxes/boxes.rego': `package lib.boxes

all contains box if some box in input.boxes
`,
  'policies/box/box-sealed/policy.rego': `# METADATA
# title: Boxes are sealed
# description: Every box is sealed before it leaves.
# custom:
#   exhibit:
#     id: box-sealed
#     severity: high
#     owner: packing
#     controls:
#       - control: soc2/cc6.1
#         rationale: A sealed box keeps its content from others.
#         strength: partial
#     layers: {ci: enforce, pre-commit: warn}
#     cadence: change
#     remediation: Seal the box.
#     since: 2026-11-01
#     inputs: [json]
#     redact: ["$.boxes[*].key"]
package exhibit.policies.box_sealed

import data.lib.boxes

population contains {"id": box.id, "type": "box", "name": box.id} if some box in boxes.all

violations contains {"subject": box.id, "message": sprintf("%s is open", [box.id]), "fix": "Seal it."} if {
	some box in boxes.all
	not box.sealed
}
`,
  'policies/box/box-sealed/policy_test.rego': `package exhibit.policies.box_sealed_test

import data.exhibit.policies.box_sealed

test_open if {
	count(box_sealed.violations) == 1 with input as {"boxes": [{"id": "a"}]}
}

test_sealed if {
	count(box_sealed.violations) == 0 with input as {"boxes": [{"id": "a", "sealed": true}]}
	count(box_sealed.population) == 1 with input as {"boxes": [{"id": "a", "sealed": true}]}
}
`,
  'policies/box/box-sealed/examples/good-sealed.json': '{"boxes": [{"id": "box/1", "sealed": true}]}\n',
  'policies/box/box-sealed/examples/bad-open.json': '{"boxes": [{"id": "box/1"}]}\n',
  // A rule as it was written for Conftest before Rego 1.0, unchanged; its metadata stands beside it.
  'policies/k8s/labels/policy.rego': `package main

deny_label[msg] {
  input.kind == "Deployment"
  not input.metadata.labels.team
  msg := sprintf("%s has no team", [input.metadata.name])
}

exception[rules] {
  input.metadata.labels.exempt
  rules := ["label"]
}
`,
  'policies/k8s/labels/policy_test.rego': `package main

test_label { deny_label["a has no team"] with input as {"kind": "Deployment", "metadata": {"name": "a"}} }
`,
  'policies/k8s/labels/policy.yaml': `id: team-label
title: Deployments name their team
description: Who answers for a deployment is written on it.
severity: low
owner: platform
controls: [{control: soc2/cc8.1, rationale: A change has an owner., strength: supporting}]
layers: {ci: warn}
cadence: P1D
remediation: Set the label team.
since: "2026-11-01"
inputs: [kubernetes]
`,
  'policies/k8s/labels/examples/good-team.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, labels: {team: x}}\n',
  'policies/k8s/labels/examples/good-exempt.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, labels: {exempt: "true"}}\n',
  'policies/k8s/labels/examples/bad-none.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n',
  'policies/k8s/required/policy.rego': `package k8srequiredlabels

violation contains {"msg": msg, "details": {"missing": missing}} if {
	provided := {label | input.review.object.metadata.labels[label]}
	required := {label | label := input.parameters.labels[_]}
	missing := required - provided
	count(missing) > 0
	msg := sprintf("labels are missing: %v", [missing])
}
`,
  'policies/k8s/required/policy_test.rego': `package k8srequiredlabels_test

import data.k8srequiredlabels

test_missing if {
	count(k8srequiredlabels.violation) == 1 with input as {"review": {"object": {"metadata": {}}}, "parameters": {"labels": ["a"]}}
}
`,
  'policies/k8s/required/policy.yaml': `id: required-labels
title: Objects carry the labels that are asked for
description: The list of labels is a parameter.
severity: medium
owner: platform
controls: [{control: soc2/cc8.1, rationale: Labels say whose change it is., strength: supporting}]
layers: {admission: enforce}
cadence: change
remediation: Set the labels.
since: "2026-11-01"
inputs: [kubernetes]
parameters: {labels: [owner]}
`,
  'policies/k8s/required/examples/good-owner.yaml':
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {owner: x}}\n',
  'policies/k8s/required/examples/bad-none.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n',
};

/** Writes files into a folder; undefined leaves one of the fixture's out. */
export async function writeFixture(
  changes: Readonly<Record<string, string | undefined>> = {},
  folder?: string,
): Promise<string> {
  const root = folder ?? (await mkdtemp(join(tmpdir(), 'exhibit-fixture-')));
  for (const [path, text] of Object.entries({ ...FIXTURE, ...changes })) {
    if (text === undefined) continue;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

/** Makes a commit of what lies in a folder, with a fixed author and time. */
export async function commitAll(folder: string, time = '2026-11-01T12:00:00Z'): Promise<void> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_DATE: time,
    GIT_COMMITTER_DATE: time,
  };
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    [...who, 'commit', '-qm', 'Policies'],
  ]) {
    const { code, stderr } = await run('git', args, { cwd: folder, env });
    if (code !== 0) throw new Error(stderr);
  }
}
