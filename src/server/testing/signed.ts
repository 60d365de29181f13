import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { metadata } from '../../engine/testing/bundles.ts';
import { buildBundle, signBundle } from '../../policy/index.ts';
import { keptCompiler } from '../../policy/testing/compiler.ts';

/** A policy about boxes: sealed ones pass. Below it a rule that needs the exact digits of a number. */
const BOXES = `${metadata('box-sealed', ['inputs: [json]'], '{ci: enforce, runtime: warn}')}package exhibit.policies.box_sealed

population contains {"id": box.id, "type": "box", "name": box.id} if some box in input.boxes

violations contains {"subject": box.id, "message": sprintf("%v is open", [box.id])} if {
	some box in input.boxes
	not box.sealed
}
`;
const TEST = `package exhibit.policies.box_sealed_test

import data.exhibit.policies.box_sealed

test_open if count(box_sealed.violations) == 1 with input as {"boxes": [{"id": "a"}]}
`;
const FILES = {
  'exhibit.yaml': 'name: boxes\n',
  'frameworks/test.yaml':
    'id: test\ntitle: Test\nversion: "1"\nsource: a test\ncontrols:\n  - {id: one, title: One, summary: The only one., coverage: automated}\n',
  'policies/box/box-sealed/policy.rego': BOXES,
  'policies/box/box-sealed/policy_test.rego': TEST,
  'policies/box/box-sealed/examples/good.json': '{"boxes": [{"id": "a", "sealed": true}]}\n',
  'policies/box/box-sealed/examples/bad.json': '{"boxes": [{"id": "a"}]}\n',
};

/** A bundle of the policy above, built by the real opa and signed, as of a time in Unix seconds. */
export async function signedBundle(
  privateKeyPem: string,
  revision_time: number,
  files: Readonly<Record<string, string>> = {},
  options: { expires?: number } = {},
): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-server-bundle-'));
  try {
    for (const [name, text] of Object.entries({ ...FILES, ...files })) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    const opa = await keptCompiler();
    const revision = `revision-${revision_time}`;
    const built = await buildBundle(folder, { opa, revision, revision_time });
    return (await signBundle(built.files, privateKeyPem, 'bundle', options)).tar;
  } finally {
    await rm(folder, { recursive: true });
  }
}
