import { describe, expect, it } from 'vitest';
import type { Decision } from '../../engine/index.ts';
import type { Bundle } from '../../policy/index.ts';
import { buildReport, type FailOn } from './report.ts';

const bundle = {
  digest: `sha256:${'0'.repeat(64)}`,
  revision: 'r',
  policies: [],
  overrides: [],
} as unknown as Bundle;

const decision = (over: Partial<Decision>): Decision => ({
  policy_id: 'p',
  rule_id: 'p',
  severity: 'high',
  subject: { type: 't', id: 's', name: 's' },
  verdict: 'pass',
  disposition: 'none',
  document: undefined,
  location: {},
  ...over,
});

const judged = (decisions: Decision[]) => ({
  decisions,
  overrides: { used: [], orphans: [], expired: [], expiring_14: [], expiring_7: [] },
});

const conclude = (
  decisions: Decision[],
  layer: 'ci' | 'pre-commit' = 'ci',
  failOn: FailOn = 'high',
  effectiveTime: string | null = null,
) => {
  const { exit_code, reason } = buildReport(judged(decisions), bundle, { layer, failOn, effectiveTime });
  return [exit_code, reason];
};

const fail = decision({ verdict: 'fail', disposition: 'enforced' });

describe('exit code of a check', () => {
  it('is 0 only for a complete and clean run', () => {
    expect(conclude([decision({})])).toEqual([0, 'judged completely, nothing blocks']);
  });

  it('is 1 for an enforced fail at the threshold, also when the run is incomplete', () => {
    expect(conclude([fail])).toEqual([1, '1 violation at or above high']);
    expect(conclude([fail, decision({ verdict: 'error', disposition: 'enforced' })])).toEqual([
      1,
      '1 violation at or above high; 1 verdict could not be reached',
    ]);
  });

  it('is 3 for an error or a verdict that is missing, never 0', () => {
    expect(conclude([decision({}), decision({ verdict: 'not_evaluated', disposition: 'enforced' })])[0]).toBe(
      3,
    );
    expect(conclude([decision({ verdict: 'error', disposition: 'warned' })], 'pre-commit')[0]).toBe(3);
  });

  it('is 3 in CI when nothing was judged: no data is never a pass', () => {
    const idle = decision({ verdict: 'not_applicable', subject: { type: 'input-set', id: 'run', name: '' } });
    expect(conclude([idle])[0]).toBe(3);
    expect(conclude([idle], 'pre-commit')).toEqual([0, 'no policy applies to these files']);
  });

  it('does not block below the threshold, nor for what is warned or waived', () => {
    expect(conclude([decision({ verdict: 'fail', disposition: 'enforced', severity: 'medium' })])[0]).toBe(0);
    expect(
      conclude([decision({ verdict: 'fail', disposition: 'enforced', severity: 'info' })], 'ci', 'any')[0],
    ).toBe(1);
    expect(conclude([decision({ verdict: 'fail', disposition: 'warned' })])[0]).toBe(0);
    expect(conclude([decision({ verdict: 'fail', disposition: 'waived', override_id: 'o' })])[0]).toBe(0);
    expect(conclude([fail], 'ci', 'none')[0]).toBe(0);
  });

  it('tells in a simulation what would block', () => {
    const at = '2026-12-31T00:00:00.000Z';
    const simulated = decision({ verdict: 'fail', disposition: 'none', would: { disposition: 'enforced' } });
    expect(conclude([simulated], 'ci', 'high', at)[0]).toBe(1);
    const waived = { ...simulated, would: { disposition: 'waived' as const, override_id: 'o' } };
    expect(conclude([waived], 'ci', 'high', at)[0]).toBe(0);
  });
});

describe('summary', () => {
  it('counts a waived fail as waived and not as fail', () => {
    const { summary } = buildReport(
      judged([
        fail,
        decision({
          verdict: 'fail',
          disposition: 'waived',
          override_id: 'o',
          subject: { type: 't', id: 'u', name: 'u' },
        }),
      ]),
      bundle,
      {
        layer: 'ci',
        failOn: 'high',
        effectiveTime: null,
      },
    );
    expect(summary).toEqual({
      subjects: 2,
      pass: 0,
      fail: 1,
      error: 0,
      not_applicable: 0,
      not_evaluated: 0,
      waived: 1,
    });
  });

  it('sorts by severity, place and policy, whatever the order of judging', () => {
    const a = decision({ severity: 'low', location: { file: 'a' } });
    const b = decision({ severity: 'critical', location: { file: 'b', line: 10 } });
    const c = decision({ severity: 'critical', location: { file: 'b', line: 9 } });
    const order = (decisions: Decision[]) =>
      buildReport(judged(decisions), bundle, {
        layer: 'ci',
        failOn: 'high',
        effectiveTime: null,
      }).results.map((r) => `${r.file}:${r.line ?? ''}`);
    expect(order([a, b, c])).toEqual(['b:9', 'b:10', 'a:']);
    expect(order([c, b, a])).toEqual(order([a, b, c]));
  });
});
