import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitAll, FIXTURE, writeFixture } from '../../policy/testing/fixture.ts';
import { Machine } from './program.ts';

/** Digest of the image that the deployment names, where nobody gives another. */
export const DIGEST = 'd'.repeat(64);
export const SEALED = '{"boxes": [{"id": "box/1", "sealed": true}]}';
/** Waived until the end of 22 November 2026. */
export const OPEN = '{"boxes": [{"id": "box/1"}]}';

/** A workload with an image by digest and one by tag, and an object that no policy judges. */
export const deployment = (
  image = `registry.example.com:5000/shop/web:1.4@sha256:${DIGEST}`,
) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {owner: team}}
spec:
  template:
    spec:
      containers:
        - {name: web, image: "${image}"}
        - {name: log, image: "registry.example.com/log:2"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: b}
`;
/** Owners are named: only Deployments are its population. */
const LABELLED = (FIXTURE['policies/box/box-sealed/policy.rego'] ?? '')
  .replace('id: box-sealed', 'id: owner-labelled')
  .replace('inputs: [json]', 'inputs: [kubernetes]')
  .replace('#     redact: ["$.boxes[*].key"]\n', '')
  .replace(/package exhibit[\s\S]*/, '')
  .concat(`package exhibit.policies.owner_labelled

population contains {"id": input.metadata.name, "type": "deployment", "name": input.metadata.name} if input.kind == "Deployment"

violations contains {"subject": input.metadata.name, "message": "no owner"} if {
	input.kind == "Deployment"
	not input.metadata.labels.owner
}
`);
const TEST = `package exhibit.policies.owner_labelled_test

import data.exhibit.policies.owner_labelled

test_none if {
	count(owner_labelled.violations) == 1 with input as {"kind": "Deployment", "metadata": {"name": "a"}}
}
`;

/** A policy repository of 1 November 2026, from which bundles are made on the 20th. */
export async function policyRepository() {
  const signer = new Machine('2026-11-20T00:00:00Z');
  // A policy of Conftest's or Gatekeeper's form speaks of every document, so they are left out.
  const others = Object.keys(FIXTURE).filter((name) => name.startsWith('policies/k8s/'));
  const repository = await writeFixture({
    ...Object.fromEntries(others.map((name) => [name, undefined])),
    '.gitignore': '/.exhibit/\n',
    'policies/box/owner-labelled/policy.rego': LABELLED,
    'policies/box/owner-labelled/policy_test.rego': TEST,
    // For boxes of one name.
    'overrides/ok.yaml': (FIXTURE['overrides/ok.yaml'] ?? '').replace('2026-12-31', '2026-11-22'),
  });
  await commitAll(repository, '2026-11-01T00:00:00Z');
  return {
    key: join(repository, '.exhibit', 'keys', 'bundle.pub.pem'),
    /** Builds and signs. @returns the bundle */
    publish: async (name: string, ...flags: string[]): Promise<string> => {
      for (const args of [
        ['build', repository],
        ['sign', repository, ...flags],
      ]) {
        const { code, stderr } = await signer.run('policy', ...args);
        if (code !== 0) throw new Error(stderr);
      }
      const bundle = join(signer.folder, `${name}.tar.gz`);
      copyFileSync(join(repository, '.exhibit', 'bundle.tar.gz'), bundle);
      return bundle;
    },
  };
}
