import { describe, expect, it } from 'vitest';
import { fixtureText, hasFixture, readFixture, readText } from '../../testing/read-fixture.ts';
import { ingested, tally } from '../../testing/tally.ts';

const LARGE = 'kubebench/kube-bench-controls.json';
const node = {
  id: '1',
  version: 'cis-1.8',
  node_type: 'master',
  total_pass: 1,
  total_fail: 1,
  tests: [
    {
      section: '1.1',
      results: [
        { test_number: '1.1.1', status: 'PASS' },
        { test_number: '1.1.2', status: 'FAIL', remediation: 'Mend it.' },
        { test_number: '1.1.3', status: 'WARN', type: 'manual' },
        { test_number: '1.1.4', status: 'INFO', type: 'skip' },
        { test_number: '1.1.5', status: 'GOOD' },
      ],
    },
  ],
};

describe('kube-bench, --json', () => {
  it.skipIf(!hasFixture(LARGE))(
    'reads all nodes of a report, which lies outside of the checkout',
    async () => {
      const read = await readFixture(LARGE);
      // Totals: total_pass 37, total_fail 36, total_warn 49
      expect(tally(read.outcomes)).toEqual({ pass: 37, fail: 36, not_evaluated: 49 });
      expect((await ingested(read)).problems).toEqual([]);
    },
  );

  it.skipIf(!hasFixture(LARGE))('reads one object a node, as versions before 0.5 wrote it', async () => {
    const { Controls } = JSON.parse(fixtureText(LARGE));
    const lines = await readText(Controls.map((one: object) => JSON.stringify(one)).join('\n'), 'r.json');
    expect(lines.detected.source.id).toBe('kube-bench-json');
    expect(tally(lines.outcomes)).toEqual({ pass: 37, fail: 36, not_evaluated: 49 });
    expect((await ingested(lines)).problems).toEqual([]);
  });

  it('takes what a person must look at for no verdict, and a skip for a suppression', async () => {
    const read = await readText(JSON.stringify({ Controls: [node] }), 'r.json');
    expect(read.outcomes.map(({ check, verdict }) => [check, verdict])).toEqual([
      ['cis-1.8/1.1.1', 'pass'],
      ['cis-1.8/1.1.2', 'fail'],
      ['cis-1.8/1.1.3', 'not_evaluated'],
      ['cis-1.8/1.1.4', 'not_evaluated'],
      ['cis-1.8/1.1.5', 'not_evaluated'],
    ]);
    expect(tally(read.outcomes).suppressed).toBe(1);
    expect(read.outcomes[1]?.fix).toBe('Mend it.');
  });
});
