import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Judgement } from '../../../src/engine/index.ts';
import type { InputDocument } from '../../../src/inputs/index.ts';
import type { ExportManifest } from '../../../src/policy/index.ts';
// Not part of the policy folder's contract: a small repository for tests.
import { FIXTURE, writeFixture } from '../../../src/policy/testing/fixture.ts';
import {
  agreed,
  corpus,
  difference,
  exported,
  key,
  ours,
  runTool,
  starterBundle,
  toolIsThere,
} from './export-corpus.ts';

const there = await toolIsThere('conftest', ['--version']);

interface Result {
  filename: string;
  failures?: Finding[];
  warnings?: Finding[];
}
interface Finding {
  msg: string;
  metadata: { policy: string; verdict: string; subject: { id: string }; disposition: string };
}

/** Kinds that the export leaves to Exhibit. */
const UNJUDGED: ReadonlySet<string> = new Set([
  'cloudformation',
  'aws-config',
  'hcl',
  'arm',
  'azure-resources',
  'gcp-assets',
]);

/** Conftest reads files; a pipeline whose jobs take something over is another thing there. */
function isUnjudged({ kind, value }: InputDocument): boolean {
  if (kind !== 'gitlab-ci') return UNJUDGED.has(kind);
  const { include, ...rest } = value as Record<string, unknown>;
  const shared = ['default', 'image', 'services', 'cache', 'before_script', 'after_script'];
  return (
    shared.some((word) => word in rest) ||
    Object.values(rest).some((job) => typeof job === 'object' && job !== null && 'extends' in job) ||
    JSON.stringify(include ?? '').includes('"local"')
  );
}

/** What `conftest test` says of files, by file. */
async function conftest(
  policies: string,
  files: readonly string[],
  flags: string[] = [],
): Promise<Map<string, Result>> {
  const args = ['test', '--no-fail', '-o', 'json', '-p', join(policies, 'policy'), ...flags, ...files];
  const { stdout } = await runTool('conftest', args, { maxBuffer: 1024 * 1024 * 1024 });
  return new Map((JSON.parse(stdout) as Result[]).map((result) => [result.filename, result]));
}

const findings = ({ failures = [], warnings = [] }: Result): Finding[] => [...failures, ...warnings];
const keys = (result: Result | undefined): Set<string> =>
  new Set(
    findings(result ?? { filename: '' }).map(({ metadata }) =>
      key(metadata.policy, metadata.subject.id, metadata.verdict),
    ),
  );

describe.skipIf(!there)(`the export for Conftest${there ? '' : ' (skipped: no conftest found)'}`, () => {
  let folder: string;
  let manifest: ExportManifest;
  let documents: InputDocument[];
  let judged: Judgement[][];
  let failing: Set<string>[];

  beforeAll(async () => {
    ({ folder, manifest } = await exported('conftest'));
    documents = corpus();
    ({ judged, failing } = await ours(await starterBundle(), documents, 'ci'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const carried = (all: Iterable<string>): Set<string> =>
    new Set([...all].filter((one) => manifest.policies.includes(one.split(' ')[0] ?? '')));

  test('gives the verdicts of the engine on every example and on files of other projects', {
    timeout: 900_000,
  }, async () => {
    // Conftest parses the examples itself; files of others may be in encodings that it does not read.
    const inputs = join(folder, 'inputs');
    await mkdir(inputs);
    const nameOf = ({ file, index }: InputDocument, i: number): string =>
      file.startsWith('policies/') ? file : join(inputs, `${i}-${index}.json`);
    const names = documents.map(nameOf);
    for (const [i, { file, value }] of documents.entries())
      if (!file.startsWith('policies/')) await writeFile(names[i] ?? '', JSON.stringify(value));
    const files = [...new Set(names)];
    // One after the other it takes minutes: every second file in a process of its own.
    const halves = await Promise.all(
      [0, 1].map((half) =>
        conftest(
          folder,
          files.filter((_, i) => i % 2 === half),
        ),
      ),
    );
    const results = new Map(halves.flatMap((half) => [...half]));
    const different = files.flatMap((file) => {
      const mine = names.flatMap((name, i) => (name === file ? [...(failing[i] ?? [])] : []));
      // A kind that it does not judge is said, once, and never passes.
      if (documents.some((document, i) => names[i] === file && isUnjudged(document)))
        return difference(
          file,
          new Set([key('exhibit/input', 'input', 'not_evaluated')]),
          keys(results.get(file)),
        );
      return difference(file, carried(mine), keys(results.get(file)));
    });
    expect(different).toEqual([]);
    const all = judged.flat().filter(({ policy_id }) => manifest.policies.includes(policy_id));
    const said = (verdict: string) => all.filter((one) => one.verdict === verdict).length;
    agreed(
      `conftest: ${files.length} files, ${documents.length} documents, ${manifest.policies.length} of ${manifest.policies.length + manifest.left_out.length} policies, ` +
        `${said('pass')} pass, ${said('fail')} fail, ${said('not_evaluated')} not_evaluated, ${different.length} differ`,
    );
    expect(said('pass')).toBeGreaterThan(100);
    expect(said('fail')).toBeGreaterThan(100);
  });

  test('applies an override until its sunset, and rules of Conftest and Gatekeeper in the same folder', async () => {
    const at = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();
    const said = async (sunset: string) => {
      const source = await writeFixture({
        ...OTHERS,
        'overrides/ok.yaml': overrideUntil(at(-86_400_000), sunset),
      });
      const { folder: out } = await exported('conftest', source);
      await writeFile(join(out, 'boxes.json'), '{"boxes": [{"id": "box/1"}, {"id": "tin/1"}]}');
      await writeFile(join(out, 'a.yaml'), DEPLOYMENTS);
      const results = await conftest(out, [join(out, 'boxes.json'), join(out, 'a.yaml')]);
      for (const one of [source, out]) await rm(one, { recursive: true });
      const rows = (name: string, kind: 'failures' | 'warnings') =>
        (results.get(join(out, name))?.[kind] ?? []).map(({ msg }) => msg).sort();
      return { of: (name: string) => [rows(name, 'failures'), rows(name, 'warnings')] };
    };
    const before = await said(at(86_400_000));
    expect(before.of('boxes.json')).toEqual([['tin/1 is open'], ['Waived by OV-1: box/1 is open']]);
    // The team label is only warned about at this layer, and an exception of its author is none of ours.
    expect(before.of('a.yaml')).toEqual([['labels are missing: {"owner"}'], ['a has no team']]);
    const after = await said(at(-1_000));
    expect(after.of('boxes.json')).toEqual([['box/1 is open', 'tin/1 is open'], []]);
  });

  test('brings each rule of a policy into force by itself', async () => {
    const source = await writeFixture({
      'policies/gate/policy.rego':
        'package gate\n\ndeny_public contains "public" if input.public\n\ndeny_open contains "open" if input.open\n',
      'policies/gate/policy.yaml': `id: gate
title: Gates are shut
description: A gate that stands open lets in whoever comes.
severity: high
owner: platform
controls: [{control: house/c-1, rationale: Shuts., strength: full}]
layers: {ci: enforce}
cadence: change
remediation: Shut it.
since: 2026-01-01
rollout: [{from: 2026-01-01, mode: warn}, {from: 2026-01-02, mode: enforce, scope: {rules: [deny_public]}}]
`,
    });
    const { folder: out } = await exported('conftest', source);
    const file = join(out, 'gate.json');
    await writeFile(file, '{"public": true, "open": true}');
    const { failures, warnings } = (await conftest(out, [file])).get(file) ?? {};
    for (const one of [source, out]) await rm(one, { recursive: true });
    const said = (all: Finding[] | undefined) => (all ?? []).map(({ msg }) => msg);
    expect(said(failures)).toEqual(['public']);
    expect(said(warnings)).toEqual(['open']);
  });
});

const overrideUntil = (created: string, sunset: string): string => `id: OV-1
policy: box-sealed
scope: {subjects: ["box/*"]}
owner: Ada
approver: Grace
reason: The box is replaced in the next release.
ticket: https://tickets.example.org/1
created: "${created}"
sunset: "${sunset}"
`;

const DEPLOYMENTS = `apiVersion: apps/v1
kind: Deployment
metadata: {name: a, labels: {tier: x}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: b, labels: {exempt: "true", owner: x}}
`;

/** The fixture's rules of other tools, in the syntax of Rego 1.0, and for the layer ci. */
const OTHERS = {
  'overrides/bad.yaml': undefined,
  'policies/k8s/labels/policy.rego': `package main

deny_label contains sprintf("%s has no team", [input.metadata.name]) if {
	input.kind == "Deployment"
	not input.metadata.labels.team
}

exception contains ["label"] if input.metadata.labels.exempt
`,
  'policies/k8s/labels/policy_test.rego': undefined,
  'policies/k8s/required/policy.yaml': (FIXTURE['policies/k8s/required/policy.yaml'] ?? '').replace(
    'layers: {admission: enforce}',
    'layers: {admission: enforce, ci: enforce}',
  ),
};
