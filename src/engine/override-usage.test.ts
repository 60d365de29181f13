import { expect, test } from 'vitest';
import type { Override } from '../policy/index.ts';
import { DAY_MILLISECONDS, formatInstant } from '../record/index.ts';
import { OverrideTracker } from './override-usage.ts';
import type { Judgement } from './types.ts';

const NOW = Date.parse('2026-05-04T10:00:00.000Z');
const override = (id: string, days: number, more: Partial<Override> = {}): Override => ({
  id,
  policy: 'p',
  scope: { subjects: ['a'] },
  owner: 'team',
  approver: 'lead',
  reason: 'Known and planned for the next quarter.',
  ticket: 'https://tickets.example/1',
  created: '2026-01-01T00:00:00.000Z',
  sunset: formatInstant(NOW + days * DAY_MILLISECONDS),
  digest: 'sha256:aa',
  ...more,
});
const judgement = (id: string, more: Partial<Judgement> = {}): Judgement => ({
  policy_id: 'p',
  rule_id: 'p',
  severity: 'high',
  subject: { type: 't', id, name: id },
  verdict: 'fail',
  ...more,
});

test('used, orphaned, expired and still matched, and expiring overrides are told apart', () => {
  const overrides = [
    override('used', 30),
    override('orphan', 10, { scope: { subjects: ['gone'] } }),
    override('elsewhere', 30, { scope: { subjects: ['gone'], layers: ['runtime'] } }),
    override('passes', 14, { scope: { subjects: ['b'] } }),
    override('week', 7),
    override('expired', -1),
    override('expired-orphan', -1, { scope: { subjects: ['gone'] } }),
    override('future', 90, { created: formatInstant(NOW + DAY_MILLISECONDS) }),
    override('unreadable', 1, { sunset: 'soon' }),
  ];
  const tracker = new OverrideTracker(overrides, NOW);
  tracker.see(judgement('a'), { layer: 'ci' }, 'used');
  tracker.see(judgement('b', { verdict: 'pass' }), { layer: 'ci' }, undefined);
  tracker.see(judgement('gone', { policy_id: 'q' }), { layer: 'ci' }, undefined);
  expect(tracker.usage(({ scope }) => scope.layers === undefined)).toEqual({
    used: [{ id: 'used', waived: 1 }],
    orphans: ['orphan'],
    expired: [{ id: 'expired', matched: 1 }],
    expiring_14: ['orphan', 'passes', 'week'],
    expiring_7: ['week'],
  });
});
