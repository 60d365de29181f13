import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mode, RolloutStage } from '../policy/index.ts';
import type { Layer } from '../record/index.ts';
import { dispose } from './dispose.ts';
import { modeAt, type Schedule } from './rollout.ts';
import type { Judgement } from './types.ts';

const fail: Judgement = {
  policy_id: 'p',
  rule_id: 'p',
  severity: 'high',
  subject: { type: 'database', id: 'db/main', name: 'main' },
  verdict: 'fail',
};
const stages: RolloutStage[] = [
  { from: '2026-03-01', mode: 'warn' },
  { from: '2026-04-01', mode: 'enforce', scope: { environments: ['staging'] } },
  { from: '2026-05-01', mode: 'enforce' },
  { from: '2026-05-01', mode: 'warn', scope: { subjects: ['legacy/**'] } },
  { from: '2026-05-01', mode: 'observe', scope: { layers: ['runtime'] } },
];
const schedule: Schedule = { since: '2026-02-01', rollout: stages };

interface At {
  environment?: string;
  subject?: string;
  layer?: Layer;
  stated?: Mode;
  of?: Schedule;
}
const at = (
  time: string,
  { environment, subject, layer = 'ci', stated = 'enforce', of = schedule }: At = {},
) =>
  dispose(
    { ...fail, subject: { ...fail.subject, ...(subject === undefined ? {} : { id: subject }) } },
    {
      mode: stated,
      layer,
      overrides: [],
      schedule: of,
      now: Date.parse(time),
      ...(environment === undefined ? {} : { environment }),
    },
  ).disposition;

describe('a roll-out, with a moved clock', () => {
  it.each<[string, At, string]>([
    // Before it is in force, and before the first stage, it is observed.
    ['2026-01-31T23:59:59.999Z', {}, 'observed'],
    ['2026-02-01T00:00:00.000Z', {}, 'observed'],
    ['2026-02-28T23:59:59.999Z', {}, 'observed'],
    ['2026-03-01T00:00:00.000Z', {}, 'warned'],
    // Staging first.
    ['2026-04-01T00:00:00.000Z', { environment: 'staging' }, 'enforced'],
    ['2026-03-31T23:59:59.999Z', { environment: 'staging' }, 'warned'],
    ['2026-04-01T00:00:00.000Z', { environment: 'production' }, 'warned'],
    ['2026-04-01T00:00:00.000Z', {}, 'warned'],
    ['2026-05-01T00:00:00.000Z', { environment: 'production' }, 'enforced'],
    ['2026-05-01T00:00:00.000Z', { subject: 'legacy/a/b' }, 'warned'],
    ['2026-05-01T00:00:00.000Z', { layer: 'runtime' }, 'observed'],
    // No stage makes a policy stronger than its layer says.
    ['2026-05-01T00:00:00.000Z', { stated: 'warn' }, 'warned'],
    ['2026-05-01T00:00:00.000Z', { stated: 'observe' }, 'observed'],
  ])('%s %j: %s', (time, place, disposition) => {
    expect(at(time, place)).toBe(disposition);
  });

  it('a policy without a roll-out is observed before its day and does what its layer says from then on', () => {
    const of = { since: '2026-02-01' };
    expect(at('2026-01-31T23:59:59.999Z', { of })).toBe('observed');
    expect(at('2026-02-01T00:00:00.000Z', { of })).toBe('enforced');
    expect(at('2026-02-01T00:00:00.000Z', { of: { since: 'soon' } })).toBe('observed');
  });

  it('never enforces before its day, whatever its stages say', () => {
    const day = fc
      .integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) })
      .map((time) => new Date(time).toISOString().slice(0, 10));
    const stage = fc.record({ from: day, mode: fc.constantFrom<Mode>('observe', 'warn', 'enforce') });
    fc.assert(
      fc.property(
        day,
        fc.array(stage),
        fc.integer({ min: 0, max: 400 * 86_400_000 }),
        (since, rollout, before) => {
          const now = Date.parse(`${since}T00:00:00Z`) - 1 - before;
          expect(modeAt('enforce', { since, rollout }, fail, { layer: 'ci' }, now)).toBe('observe');
        },
      ),
    );
  });

  describe('for named rules', () => {
    const of: Schedule = {
      since: '2026-02-01',
      rollout: [
        { from: '2026-02-01', mode: 'warn' },
        { from: '2026-03-01', mode: 'enforce', scope: { rules: ['deny_public'] } },
        { from: '2026-04-01', mode: 'observe', scope: { rules: ['deny_open'] } },
      ],
    };
    const of_rule = (rule_id: string, time: string, verdict: Judgement['verdict'] = 'fail') =>
      dispose(
        { ...fail, rule_id, verdict },
        { mode: 'enforce', layer: 'ci', overrides: [], schedule: of, now: Date.parse(time) },
      ).disposition;

    it.each([
      ['p/deny_public', '2026-02-28T23:59:59.999Z', 'warned'],
      ['p/deny_public', '2026-03-01T00:00:00.000Z', 'enforced'],
      ['p/deny_open', '2026-03-01T00:00:00.000Z', 'warned'],
      ['p/deny_open', '2026-04-01T00:00:00.000Z', 'observed'],
      ['p/deny_public', '2026-04-01T00:00:00.000Z', 'enforced'],
      ['p/warn', '2026-04-01T00:00:00.000Z', 'warned'],
    ])('%s at %s: %s', (rule, time, disposition) => {
      expect(of_rule(rule, time)).toBe(disposition);
    });

    it('a policy that could not be judged does what the strongest of its rules does', () => {
      expect(of_rule('p', '2026-02-28T23:59:59.999Z', 'error')).toBe('warned');
      expect(of_rule('p', '2026-04-01T00:00:00.000Z', 'error')).toBe('enforced');
    });
  });

  it('changes nothing about a rule that could not be judged but what is done about it', () => {
    const error: Judgement = { ...fail, verdict: 'error' };
    const place = { mode: 'enforce', layer: 'ci', overrides: [], schedule } as const;
    expect(dispose(error, { ...place, now: Date.parse('2026-03-01T00:00:00Z') }).disposition).toBe('warned');
    expect(dispose(error, { ...place, now: Date.parse('2026-05-01T00:00:00Z') }).disposition).toBe(
      'enforced',
    );
  });
});
