import { describe, expect, it } from 'vitest';
import { readFixture, readText } from '../../testing/read-fixture.ts';
import { ingested, tally } from '../../testing/tally.ts';

describe('Kubescape, --format json', () => {
  it('reads passes by resource; a control that judged nothing is not applicable, whatever it is called', async () => {
    const read = await readFixture('kubescape/results.json');
    expect(read.detected).toMatchObject({ source: { id: 'kubescape-json' } });
    // results: 18 + 2 controls, all passed. summaryDetails: 33 controls, of which 18 judged a resource: 33 - 18 = 15.
    expect(tally(read.outcomes)).toEqual({ pass: 18 + 2, not_applicable: 33 - 18 });
    expect(await ingested(read)).toMatchObject({ complete: true, facts: { stated: { pass: 20, fail: 0 } } });
    expect(read.outcomes[0]).toMatchObject({
      check: 'C-0044',
      subject: { type: 'Deployment', name: 'nginx-deployment' },
      // scoreFactor 4
      severity: 'medium',
      file: 'nginx.yaml',
    });
    expect(read.facts.ended).toBeUndefined();
  });

  it('does not take passed with an exception for a pass', async () => {
    const status = (status: string, subStatus?: string) => ({
      status,
      ...(subStatus === undefined ? {} : { subStatus }),
    });
    const rows = [
      status('passed', 'w/exceptions'),
      status('passed', 'irrelevant'),
      status('skipped', 'manual review'),
      status('failed'),
      status('excluded'),
      status('', ''),
      status('passed', 'new word'),
    ].map((each, i) => ({ controlID: `C-${i}`, status: each }));
    const { outcomes } = await readText(
      JSON.stringify({
        summaryDetails: { controls: {} },
        results: [{ resourceID: 'path=1/api=v1/n/Pod/p', controls: rows }],
      }),
      'r.json',
    );
    expect(outcomes.map(({ verdict }) => verdict)).toEqual([
      'not_evaluated',
      'not_applicable',
      'not_evaluated',
      'fail',
      'not_evaluated',
      'not_evaluated',
      'not_evaluated',
    ]);
    expect(tally(outcomes).suppressed).toBe(2);
    expect(outcomes[0]?.severity).toBeUndefined();
  });
});
