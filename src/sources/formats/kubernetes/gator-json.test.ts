import { describe, expect, it } from 'vitest';
import { cutOff } from '../../testing/damage.ts';
import { readText } from '../../testing/read-fixture.ts';
import { gatorJson } from './gator-json.ts';

/** As `gator test -o json` prints one. */
const result = (name: string, over: object = {}) => ({
  target: 'admission.k8s.gatekeeper.sh',
  msg: 'missing required label, requires all of: owner',
  constraint: {
    apiVersion: 'constraints.gatekeeper.sh/v1beta1',
    kind: 'K8sRequiredLabels',
    metadata: { name: 'all-must-have-owner' },
    spec: { enforcementAction: 'deny' },
  },
  enforcementAction: 'deny',
  violatingObject: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
  trace: null,
  ...over,
});

describe('gator test -o json', () => {
  it('reads violations', async () => {
    const { detected, outcomes, problems } = await readText(
      JSON.stringify([result('a'), result('b')]),
      'g.json',
    );
    expect(detected).toMatchObject({
      source: { id: 'gator-json' },
      why: 'it has constraint and violatingObject',
      also: [],
    });
    expect(problems).toEqual([]);
    expect(
      outcomes.map(({ check, rule, subject, disposition }) => [check, rule, subject.id, disposition]),
    ).toEqual([
      ['K8sRequiredLabels', 'all-must-have-owner', 'Namespace/a', undefined],
      ['K8sRequiredLabels', 'all-must-have-owner', 'Namespace/b', undefined],
    ]);
  });

  it('reads them beside statistics', async () => {
    const text = JSON.stringify({ results: [result('a')], stats: [] });
    const { detected, outcomes } = await readText(text, 'g.json');
    expect(detected.why).toBe('it has results and stats of gator');
    expect(outcomes).toHaveLength(1);
  });

  it('takes null for no violation, and not for a pass; it is taken by name only', async () => {
    await expect(readText('null', 'g.json')).rejects.toThrow('of no format');
    const { outcomes, problems, facts } = await readText('null', 'g.json', gatorJson);
    expect([outcomes, problems]).toEqual([[], []]);
    expect(facts.note).toContain('does not say which objects it looked at');
  });

  it('tells what is damaged', async () => {
    const { problems } = await readText(JSON.stringify([result('a'), result('b', { msg: 7 })]), 'g.json');
    expect(problems[0]?.message).toMatch(/^msg: /);
    await cutOff(JSON.stringify([result('a'), result('b')]), 'g.json', gatorJson);
  });
});
