import { expect, it } from 'vitest';
import { bundleOf, metadata } from '../../engine/testing/bundles.ts';
import { describeWithOpa } from '../../engine/testing/need-opa.ts';
import type { KubernetesObject } from '../../kubernetes/index.ts';
import { formatInstant } from '../../record/index.ts';
import { judgeNothing } from '../run/deleted.ts';
import { LiveJudge } from './judge.ts';
import { Totals } from './totals.ts';

const NOW = Date.parse('2026-05-04T10:00:00.000Z');

const rule = (
  id: string,
  kind: string,
) => `${metadata(id, ['inputs: [kubernetes]'], '{runtime: observe}')}package exhibit.policies.${id}
me := {"id": input.metadata.name, "type": "object", "name": input.metadata.name}
population contains me if input.kind == "${kind}"
violations contains {"subject": me, "message": "it is bad"} if {
	input.kind == "${kind}"
	input.metadata.labels.bad == "true"
}
`;
const override = (id: string, policy: string, subject: string) => `id: ${id}
policy: ${policy}
scope: {subjects: ["${subject}"], layers: [runtime]}
owner: team@example.com
approver: lead@example.com
reason: Known, and planned for the next quarter.
ticket: https://tickets.example.com/1
created: ${formatInstant(NOW - 86_400_000)}
sunset: ${formatInstant(NOW + 86_400_000)}
compensating_control: Somebody watches it.
`;

const object = (kind: string, name: string, bad: boolean): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, uid: name, resourceVersion: '1', labels: { bad: String(bad) } },
});

describeWithOpa('what a run over many groups adds up to', () => {
  it('is what one run over all of them says, in every way to cut them', async () => {
    const bundle = await bundleOf({
      'policies/pods/policy.rego': rule('pods', 'Pod'),
      'policies/services/policy.rego': rule('services', 'Service'),
      'policies/nothing/policy.rego': rule('nothing', 'Node'),
      'overrides/USED-1.yaml': override('USED-1', 'pods', 'p1'),
      'overrides/ORPHAN-1.yaml': override('ORPHAN-1', 'pods', 'gone'),
      'overrides/PASSES-1.yaml': override('PASSES-1', 'services', 's2'),
    });
    const judge = await LiveJudge.open(bundle, () => NOW, undefined);
    const all = [
      ...['p1', 'p2', 'p3'].map((name) => object('Pod', name, name !== 'p3')),
      ...['s1', 's2'].map((name) => object('Service', name, name === 's1')),
      object('Secret', 'x', true),
    ];
    const { judged: once } = await judge.judge(all);
    expect(once.overrides).toMatchObject({ used: [{ id: 'USED-1', waived: 1 }], orphans: ['ORPHAN-1'] });
    expect(once.counts).toMatchObject({ pass: 2, fail: 3, waived: 1, not_applicable: 1 });
    for (const size of [1, 2, 3, 6]) {
      const totals = new Totals();
      for (let at = 0; at < all.length; at += size) {
        const { judged, objectOf } = await judge.judge(all.slice(at, at + size));
        const decisions = judged.decisions.filter((decision) => objectOf(decision) !== undefined);
        const silent = judged.decisions.length - decisions.length;
        const counts = { ...judged.counts, not_applicable: judged.counts.not_applicable - silent };
        totals.add({ ...judged, decisions, counts });
      }
      const whole = totals.whole(await judgeNothing(judge, { clock: () => NOW }), judge.bundle.overrides);
      expect(whole.counts).toEqual(once.counts);
      expect(whole.populations).toEqual(once.populations);
      expect(whole.overrides).toEqual(once.overrides);
      expect(whole.documents).toBe(once.documents);
      expect(whole.decisions.map(({ policy_id }) => policy_id)).toEqual(['nothing']);
      expect(totals.decisions + whole.decisions.length).toBe(once.decisions.length);
    }
    await judge.close();
  });

  it('reads no further through owner references that form a circle', async () => {
    const bundle = await bundleOf({ 'policies/pods/policy.rego': rule('pods', 'Pod') });
    const judge = await LiveJudge.open(bundle, () => NOW, undefined);
    const owned = (name: string, by: string): KubernetesObject => {
      const one = object('Pod', name, true);
      const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name: by, uid: by, controller: true }];
      return { ...one, metadata: { ...one.metadata, ownerReferences } };
    };
    const { judged } = await judge.judge([owned('a', 'b'), owned('b', 'a'), owned('c', 'c')]);
    expect(judged.counts).toMatchObject({ fail: 3 });
    await judge.close();
  });
});
