import { expect, test } from 'vitest';
import type { Override } from '../policy/index.ts';
import { DAY_MILLISECONDS, formatInstant } from '../record/index.ts';
import { overrideUsage } from './override-usage.ts';
import type { Decision } from './types.ts';

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
const decision = (id: string, more: Partial<Decision> = {}): Decision => ({
  policy_id: 'p',
  rule_id: 'p',
  severity: 'high',
  subject: { type: 't', id, name: id },
  verdict: 'fail',
  document: undefined,
  disposition: 'enforced',
  location: {},
  ...more,
});

test('used, orphaned, expired and still matched, and expiring overrides are told apart', () => {
  const decisions = [
    decision('a', { disposition: 'waived', override_id: 'used' }),
    decision('b', { verdict: 'pass', disposition: 'none' }),
  ];
  const overrides = [
    override('used', 30),
    override('orphan', 10, { scope: { subjects: ['gone'] } }),
    override('passes', 14, { scope: { subjects: ['b'] } }),
    override('week', 7),
    override('expired', -1),
    override('expired-orphan', -1, { scope: { subjects: ['gone'] } }),
    override('future', 90, { created: formatInstant(NOW + DAY_MILLISECONDS) }),
    override('unreadable', 1, { sunset: 'soon' }),
  ];
  expect(overrideUsage(decisions, overrides, NOW, { layer: 'ci' })).toEqual({
    used: [{ id: 'used', waived: 1 }],
    orphans: ['orphan'],
    expired: [{ id: 'expired', matched: 1 }],
    expiring_14: ['orphan', 'passes', 'week'],
    expiring_7: ['week'],
  });
});
