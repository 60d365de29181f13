import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import type { StackPolicy } from '../../policy/index.ts';
import { createEngine } from '../index.ts';
import { bundleOf, metadata } from '../testing/bundles.ts';
import { documentOf } from '../testing/documents.ts';
import { describeWithOpa } from '../testing/need-opa.ts';

const loaded = (): boolean =>
  Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('cedar_wasm'));

describeWithOpa('Cedar', () => {
  test('is loaded when the first request is judged, and not by a bundle that has Cedar policies', async () => {
    const bundle = await bundleOf({
      'policies/boxes/policy.rego': `${metadata('boxes')}package exhibit.policies.boxes
population contains {"type": "box", "id": "b", "name": "b"} if input.box
violations contains {"subject": "b", "message": "open"} if input.box.open
`,
    });
    const [rego = expect.fail('no policy')] = bundle.policies;
    const { id: _, ...fields } = rego;
    const policy: StackPolicy = {
      ...fields,
      id: 'asked',
      style: 'cedar',
      inputs: ['cedar-request'],
      files: ['policies/asked/policy.cedar', 'policies/asked/schema.cedarschema'],
    };
    const files = new Map([
      ...bundle.files,
      [policy.files[0] ?? '', Buffer.from('@id("all")\npermit (principal, action, resource);\n')],
      [
        policy.files[1] ?? '',
        Buffer.from('entity P; action a appliesTo { principal: P, resource: P, context: {} };\n'),
      ],
    ]);
    const engine = await createEngine({ ...bundle, policies: [rego, policy], files }, { clock: () => 0 });
    const judge = async (kind: 'json' | 'cedar-request', value: unknown) =>
      (await engine.judge(documentOf(kind, value), 'ci')).map(({ policy_id, verdict }) => [
        policy_id,
        verdict,
      ]);
    expect(await judge('json', { box: {} })).toEqual([['boxes', 'pass']]);
    expect(loaded()).toBe(false);
    const asked = { principal: 'P::"p"', action: 'Action::"a"', resource: 'P::"r"' };
    expect(await judge('cedar-request', asked)).toContainEqual(['asked', 'pass']);
    expect(loaded()).toBe(true);
  });
});
