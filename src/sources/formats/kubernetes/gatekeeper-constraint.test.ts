import { describe, expect, it } from 'vitest';
import { controlIds } from '../../testing/control-ids.ts';
import { cutOff } from '../../testing/damage.ts';
import { readFixture, readText } from '../../testing/read-fixture.ts';
import { gatekeeperConstraint } from './gatekeeper-constraint.ts';

/** As Gatekeeper's page on audit shows one; three of five violations are listed. */
const constraint = (kind: string, status: object | undefined) => ({
  apiVersion: 'constraints.gatekeeper.sh/v1beta1',
  kind,
  metadata: { name: 'must-have-owner', uid: '5e2c' },
  spec: { match: {} },
  ...(status === undefined ? {} : { status }),
});
const violation = (name: string) => ({
  enforcementAction: 'deny',
  group: '',
  version: 'v1',
  kind: 'Namespace',
  name,
  message: 'you must provide labels: {"owner"}',
});
const audited = (total: number) => ({
  auditTimestamp: '2019-05-11T01:46:13Z',
  totalViolations: total,
  byPod: [{ id: 'gatekeeper-audit-1', enforced: true, errors: [] }],
  violations: ['default', 'gatekeeper-system', 'kube-public'].map(violation),
});
const list = (...items: object[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

describe('Gatekeeper, status of constraints', () => {
  it('reads violations; an audit only looks', async () => {
    const { detected, outcomes, problems, facts } = await readText(
      list(constraint('K8sRequiredLabels', audited(3))),
      'c.json',
    );
    expect(detected).toMatchObject({
      source: { id: 'gatekeeper-constraint' },
      why: 'it has a constraint of Gatekeeper with a status',
      also: [],
    });
    expect(problems).toEqual([]);
    expect(facts).toMatchObject({ stated: { fail: 3 }, started: '2019-05-11T01:46:13.000Z' });
    expect(outcomes).toHaveLength(3);
    expect(outcomes[0]).toMatchObject({
      check: 'K8sRequiredLabels',
      rule: 'must-have-owner',
      verdict: 'fail',
      disposition: 'observed',
      layer: 'runtime',
      subject: { type: 'Namespace', id: 'Namespace/default' },
      source_id: '5e2c/2019-05-11T01:46:13Z/0',
    });
    expect(controlIds('gatekeeper')).toContain(`gatekeeper/${outcomes[0]?.check}`);
  });

  it('states the true count of a list that is capped', async () => {
    const { outcomes, facts } = await readText(list(constraint('K8sRequiredLabels', audited(500))), 'c.json');
    expect(outcomes).toHaveLength(3);
    expect(facts.stated).toEqual({ fail: 500 });
    expect(facts.note).toContain('K8sRequiredLabels/must-have-owner lists 3 of 500');
  });

  it('does not take a constraint that was never audited for one without violations', async () => {
    const { outcomes } = await readText(
      list(constraint('K8sRequiredLabels', audited(3)), constraint('K8sHttpsOnly', undefined)),
      'c.json',
    );
    expect(outcomes.at(-1)).toMatchObject({ check: 'K8sHttpsOnly', verdict: 'not_evaluated' });
  });

  it('tells errors of pods, and what does not fit', async () => {
    const status = {
      ...audited(2),
      byPod: [{ id: 'p', errors: [{ message: 'template not found' }] }],
      violations: [violation('a'), { kind: 'Pod' }],
    };
    const { problems } = await readText(list(constraint('K', status)), 'c.json');
    expect(problems.map(({ message }) => message)).toEqual([
      'must-have-owner: pod p: template not found',
      expect.stringMatching(/^items\[0\]\.status\.violations\[1\]\.name: /),
    ]);
  });

  it('does not take a constraint without a status, or its template, for a result', async () => {
    await expect(readFixture('gatekeeper/owner_must_be_provided.yaml')).rejects.toThrow('of no format');
    await expect(readFixture('gatekeeper/template.yaml')).rejects.toThrow('of no format');
    expect(await cutOff(list(constraint('K', audited(3))), 'c.json', gatekeeperConstraint)).toBe(19);
  });
});
