import { describe, expect, it } from 'vitest';
import { cutOff } from '../../testing/damage.ts';
import { readText } from '../../testing/read-fixture.ts';
import { gemara } from './gemara.ts';

const assessment = (entry: string, result: string, reference = '') => `
  - requirement:${reference}
      entry-id: ${entry}
    applicability: [Maturity Level 1]
    steps: [a.b]
    description: Must be so.
    result: ${result}
    message: It was seen.
    steps-executed: 1
    start: 2025-08-22T16:02:00.000000000Z
    end: 2025-08-22T16:02:01.711621250Z`;
/** In the form of the project's own test data. */
const LOG = `metadata:
  id: SCAN
  type: EvaluationLog
  gemara-version: "1.0.0"
  author: {id: pvtr, name: PVTR, type: Software}
result: Failed
target: {id: github-repo, name: GitHub Repository, type: Software}
evaluations:
- name: ''
  assessment-logs:${assessment('AC-01.01', 'Passed', '\n      reference-id: OSPS-B')}${assessment('AC-01.02', 'Failed')}${assessment('AC-01.03', 'Needs Review')}
  control: {reference-id: OSPS-B, entry-id: AC-01}
  result: Failed
  message: no
- name: ''
  assessment-logs:${assessment('AC-02.01', 'Not Applicable')}${assessment('AC-02.02', 'Not Run')}${assessment('AC-02.03', 'Unknown')}
  control: {reference-id: OSPS-B, entry-id: AC-02}
  result: Not Run
  message: no
`;

describe('Gemara', () => {
  it('reads one outcome an assessment', async () => {
    const { detected, outcomes, problems, facts } = await readText(LOG, 'log.yaml');
    expect(detected).toMatchObject({
      source: { id: 'gemara' },
      why: 'it is an EvaluationLog of Gemara',
      also: [],
    });
    expect(problems).toEqual([]);
    expect(facts.note).toBe('made by PVTR');
    // Two evaluations with three assessments each.
    expect(outcomes.map(({ check, verdict }) => [check, verdict])).toEqual([
      ['OSPS-B/AC-01.01', 'pass'],
      ['OSPS-B/AC-01.02', 'fail'],
      ['OSPS-B/AC-01.03', 'not_evaluated'],
      ['OSPS-B/AC-02.01', 'not_applicable'],
      ['OSPS-B/AC-02.02', 'not_evaluated'],
      ['OSPS-B/AC-02.03', 'not_evaluated'],
    ]);
    expect(outcomes[0]).toMatchObject({
      subject: { type: 'Software', id: 'github-repo', name: 'GitHub Repository' },
      observed_at: '2025-08-22T16:02:01.711Z',
    });
  });

  it('tells an evaluation that passed with a failed assessment', async () => {
    const { problems } = await readText(
      LOG.replace('result: Failed\n  message: no', 'result: Passed\n  message: no'),
      'log.yaml',
    );
    expect(problems.map(({ message }) => message)).toEqual([
      'OSPS-B/AC-01 is Passed, and one of its assessments is Failed',
    ]);
  });

  it('tells what is damaged', async () => {
    const { problems } = await readText(LOG.replace('result: Needs Review', 'result: 7'), 'log.yaml');
    expect(problems[0]?.message).toMatch(/^evaluations\[0\]\.assessment-logs\[2\]\.result: /);
    await cutOff(LOG, 'log.yaml', gemara);
  });
});
