import { describe, expect, it } from 'vitest';
import { cutOff } from '../../testing/damage.ts';
import { fixtureText, readFixture, readText } from '../../testing/read-fixture.ts';
import { oscalAssessmentResults } from './oscal-assessment-results.ts';

const finding = (id: string, state: string) => ({
  uuid: `f-${id}`,
  title: `finding ${id}`,
  description: 'as seen',
  target: { type: 'objective-id', 'target-id': id, status: { state } },
  'related-observations': [{ 'observation-uuid': 'o1' }],
});
const document = (findings: unknown[], observations: unknown[] = []) =>
  JSON.stringify({
    'assessment-results': {
      uuid: 'a',
      metadata: { title: 't', 'last-modified': '2026-01-02T03:04:05Z', 'oscal-version': '1.1.2' },
      results: [{ uuid: 'r', title: 'January', start: '2026-01-01T00:00:00Z', observations, findings }],
    },
  });

describe('OSCAL assessment results', () => {
  it('reads the observations of the fixture, whose properties name a result', async () => {
    const { detected, outcomes, problems, facts } = await readFixture(
      'policyreport/sample-falco-policy.json',
    );
    expect(detected).toMatchObject({
      source: { id: 'oscal-assessment-results' },
      why: 'it has assessment-results',
      also: [],
    });
    expect(problems).toEqual([]);
    expect(facts).toMatchObject({ ended: '2022-04-14T14:40:45.000Z' });
    // Two results with one observation each, both `fail`; no findings.
    expect(outcomes.map(({ check, verdict, subject }) => [check, verdict, subject.id])).toEqual([
      ['Change thread namespace', 'fail', 'Pod/my-namespace/a-pod'],
      ['audit', 'fail', 'd04d9212-1261-4d15-b39a-668ed0e5e5d2'],
    ]);
  });

  it('reads findings; an observation without a result is no verdict', async () => {
    const seen = {
      uuid: 'o1',
      description: 'somebody looked',
      methods: ['EXAMINE'],
      collected: '2026-01-01T00:00:00Z',
    };
    const text = document(
      [
        finding('ac-1_obj', 'satisfied'),
        finding('ac-2_obj', 'not-satisfied'),
        finding('ac-3_obj', 'unknown'),
      ],
      [seen],
    );
    const { outcomes, problems, facts } = await readText(text, 'ar.json');
    expect(problems).toEqual([]);
    expect(outcomes.map(({ check, verdict }) => [check, verdict])).toEqual([
      ['ac-1_obj', 'pass'],
      ['ac-2_obj', 'fail'],
      ['ac-3_obj', 'not_evaluated'],
    ]);
    expect(facts.note).toBe('1 observations state no result');
  });

  it('tells what is damaged', async () => {
    const { problems } = await readText(document([{ uuid: 'x' }]), 'ar.json');
    expect(problems[0]?.message).toMatch(/^assessment-results\.results\[0\]\.findings\[0\]\.target: /);
    expect(
      await cutOff(fixtureText('policyreport/sample-falco-policy.json'), 'ar.json', oscalAssessmentResults),
    ).toBe(19);
  });
});
