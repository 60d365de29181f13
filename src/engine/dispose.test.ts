import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Override } from '../policy/index.ts';
import type { Verdict } from '../record/index.ts';
import { type DisposeContext, dispose, isActive } from './dispose.ts';
import type { Judgement } from './types.ts';

const judgement = (verdict: Verdict, more: Partial<Judgement> = {}): Judgement => ({
  policy_id: 'p',
  rule_id: 'p',
  severity: 'high',
  subject: { type: 'database', id: 'aws_db/main', name: 'main' },
  verdict,
  ...more,
});
const CREATED = Date.parse('2026-01-01T00:00:00.000Z');
const SUNSET = Date.parse('2026-06-30T23:59:59.999Z');
const override = (more: Partial<Override> = {}): Override => ({
  id: 'ovr-1',
  policy: 'p',
  scope: { subjects: ['aws_db/*'] },
  owner: 'team',
  approver: 'lead',
  reason: 'Migration is planned for the second half of the year.',
  ticket: 'https://tickets.example/1',
  created: '2026-01-01T00:00:00.000Z',
  sunset: '2026-06-30T23:59:59.999Z',
  digest: 'sha256:aa',
  ...more,
});
const context = (more: Partial<DisposeContext> = {}): DisposeContext => ({
  mode: 'enforce',
  layer: 'ci',
  overrides: [override()],
  now: CREATED,
  ...more,
});

describe('dispose', () => {
  test('an override that names a repository waives the same subject in no other, nor where none is known', () => {
    const overrides = [
      override({ scope: { subjects: ['aws_db/main'], repositories: ['github.com/example/shop'] } }),
    ];
    const at = (more: Partial<DisposeContext>) => dispose(judgement('fail'), context({ overrides, ...more }));
    expect(at({ repository: 'github.com/example/shop' }).disposition).toBe('waived');
    expect(at({ repository: 'github.com/example/other' }).disposition).toBe('enforced');
    expect(at({}).disposition).toBe('enforced');
  });

  test('a fail under an active override is waived, and names it', () => {
    expect(dispose(judgement('fail'), context())).toEqual({
      disposition: 'waived',
      override_id: 'ovr-1',
      override_digest: 'sha256:aa',
    });
  });

  test.each([
    [CREATED - 1, 'enforced'],
    [CREATED, 'waived'],
    [SUNSET, 'waived'],
    [SUNSET + 1, 'enforced'],
  ])('at %i it is %s: active from its creation to its sunset, both included', (now, disposition) => {
    expect(dispose(judgement('fail'), context({ now })).disposition).toBe(disposition);
    expect(isActive(override(), now)).toBe(disposition === 'waived');
  });

  test('dates that cannot be read are never active', () => {
    expect(isActive(override({ sunset: 'never' }), CREATED)).toBe(false);
    expect(isActive(override({ created: '' }), CREATED)).toBe(false);
  });

  test.each([
    ['another policy', override({ policy: 'q' })],
    ['a scope without fields', override({ scope: {} })],
    ['an empty list', override({ scope: { subjects: [] } })],
    ['another subject', override({ scope: { subjects: ['aws_db/other'] } })],
    ['a segment too few', override({ scope: { subjects: ['*'] } })],
    ['one field that differs', override({ scope: { subjects: ['**'], types: ['bucket'] } })],
    ['an environment that the subject does not state', override({ scope: { environments: ['prod'] } })],
    ['another layer', override({ scope: { layers: ['admission'] } })],
    ['a file where there is none', override({ scope: { files: ['**'] } })],
  ])('%s does not waive', (_name, given) => {
    expect(dispose(judgement('fail'), context({ overrides: [given] }))).toEqual({ disposition: 'enforced' });
  });

  test('every given field must match, each by any of its globs', () => {
    const scope = {
      subjects: ['x', '**'],
      types: ['data*'],
      environments: ['prod'],
      layers: ['ci' as const],
      files: ['a/**'],
    };
    const given = context({ overrides: [override({ scope })], environment: 'prod', file: 'a/b/c.yaml' });
    expect(dispose(judgement('fail'), given).disposition).toBe('waived');
    const stated = judgement('fail', {
      subject: { type: 'database', id: 'i', name: 'n', environment: 'dev' },
    });
    expect(dispose(stated, given).disposition).toBe('enforced');
  });

  test('the mode decides about a fail, and a rule that only warns never enforces', () => {
    const by = (mode: 'enforce' | 'warn' | 'observe', more: Partial<Judgement> = {}) =>
      dispose(judgement('fail', more), context({ overrides: [], mode })).disposition;
    expect([by('enforce'), by('warn'), by('observe')]).toEqual(['enforced', 'warned', 'observed']);
    expect([by('enforce', { at_most: 'warn' }), by('observe', { at_most: 'warn' })]).toEqual([
      'warned',
      'observed',
    ]);
  });

  test('for every verdict: waived only from fail, nothing done about a pass, never waived without a verdict, none when simulated', () => {
    const verdicts = fc.constantFrom<Verdict>('pass', 'fail', 'error', 'not_applicable', 'not_evaluated');
    const modes = fc.constantFrom('enforce' as const, 'warn' as const, 'observe' as const);
    fc.assert(
      fc.property(
        verdicts,
        modes,
        fc.integer({ min: CREATED - 5, max: SUNSET + 5 }),
        fc.boolean(),
        (verdict, mode, now, simulated) => {
          const { disposition, override_id } = dispose(judgement(verdict), context({ mode, now, simulated }));
          expect((disposition === 'waived') === (override_id !== undefined)).toBe(true);
          if (disposition === 'waived') expect(verdict).toBe('fail');
          if (verdict === 'pass' || verdict === 'not_applicable' || simulated)
            expect(disposition).toBe('none');
          else expect(disposition).not.toBe('none');
        },
      ),
    );
  });
});
