import { expect, test } from 'vitest';
import { createEngine, judgeAll } from '../index.ts';
import { bundleOf, metadata, sideFile } from '../testing/bundles.ts';
import { documentOf } from '../testing/documents.ts';
import { describeWithOpa } from '../testing/need-opa.ts';

const SCP = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: 'organizations:LeaveOrganization', Resource: '*' }],
});

describeWithOpa('guardrails of a cloud', () => {
  test('are in the bundle, and no run of ours judges or counts them', async () => {
    const bundle = await bundleOf({
      'policies/scp/scp.json': SCP,
      'policies/scp/policy.yaml': sideFile('stay').replace('{ci: enforce}', '{runtime: enforce}'),
      'policies/boxes/policy.rego': `${metadata('boxes', [], '{runtime: enforce}')}package exhibit.policies.boxes
population contains {"type": "box", "id": "b", "name": "b"} if input.box
violations contains {"subject": "b", "message": "open"} if input.box.open
`,
    });
    expect(bundle.policies.map(({ id, style }) => [id, style])).toEqual([
      ['boxes', 'exhibit'],
      ['stay', 'scp'],
    ]);
    expect(Buffer.from(bundle.files.get('policies/scp/scp.json') ?? '').toString()).toBe(SCP);
    const engine = await createEngine(bundle, { clock: () => 0 });
    const files = [{ file: 'a.json', documents: [documentOf('json', { box: {} })], problems: [] }];
    const { decisions, populations } = await judgeAll(engine, files, { bundle, layer: 'runtime', now: 0 });
    expect(decisions.map(({ policy_id, verdict }) => [policy_id, verdict])).toEqual([['boxes', 'pass']]);
    expect(populations).toEqual({ boxes: 1 });
  });
});
