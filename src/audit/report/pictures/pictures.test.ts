import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QueryAnswer } from '../../../lake/index.ts';
import { olderThanExpected } from '../document/parts.ts';
import { resolvedWithin } from '../drift.ts';
import { overrideDays } from '../override-days.ts';
import type { ControlReport } from '../schema.ts';
import type { StatedVersion } from '../versions.ts';
import { canJudge, enforcedIn, layerCell } from './matrix.ts';

const COLUMNS = [
  'override_id',
  'override_digest',
  'log_index',
  'first_recorded_at',
  'policy_id',
  'created',
  'sunset',
  'details',
];

function history(
  ...rows: (readonly [
    id: string,
    digest: string,
    recorded: string,
    created: string | null,
    sunset: string | null,
    scope?: string,
  ])[]
) {
  return {
    columns: COLUMNS.map((name) => ({ name, type: 'VARCHAR' })),
    rows: rows.map(([id, digest, recorded, created, sunset, scope = 'db/*'], at) => [
      ...[id, digest, at, `${recorded}T09:00:00.000Z`, 'encrypted', created, sunset],
      JSON.stringify({ scope: { subjects: [scope] } }),
    ]),
  } as unknown as QueryAnswer;
}

function version(recorded: string, overrides: readonly string[] | undefined): StatedVersion {
  return {
    ...{
      log_index: 0,
      record_id: '',
      recorded_at: `${recorded}T08:00:00.000Z`,
      revision: '',
      bundle_digest: '',
    },
    ...{ control_map_digest: '', lineage: 'l', policies: new Map(), frameworks: [], files: new Map() },
    ...{ emitters_digest: undefined, overrides: overrides === undefined ? undefined : new Set(overrides) },
  };
}

describe('overrides by day', () => {
  test('an age counts from the first form, an end shows while the bundle lists it, and a removal closes', () => {
    const answer = history(
      ['A', 'a1', '2026-01-01', '2026-01-01T00:00:00Z', '2026-02-01T23:59:59Z'],
      ['A', 'a2', '2026-02-01', '2026-02-01T00:00:00Z', '2026-05-01T23:59:59Z'],
      ['B', 'b1', '2026-01-31', '2026-01-31T00:00:00Z', '2026-02-02T23:59:59Z', 'other/*'],
    );
    const versions = [
      version('2026-01-01', ['a1']),
      version('2026-01-31', ['a1', 'b1']),
      version('2026-02-01', ['a2', 'b1']),
      version('2026-04-02', ['a2']),
    ];
    const { days, renewals, ahead } = overrideDays(answer, versions, [
      '2026-01-08',
      '2026-01-09',
      '2026-02-02',
      '2026-02-03',
      '2026-04-01',
      '2026-04-03',
    ]);
    const none = { up_to_7: 0, up_to_30: 0, up_to_90: 0, older: 0, expired: 0 };
    expect(days).toEqual([
      { day: '2026-01-08', ...none, up_to_7: 1 },
      { day: '2026-01-09', ...none, up_to_30: 1 },
      // A is 32 days old, though its form is one day old; B is in its last day.
      { day: '2026-02-02', ...none, up_to_90: 1, up_to_7: 1 },
      { day: '2026-02-03', ...none, up_to_90: 1, expired: 1 },
      { day: '2026-04-01', ...none, up_to_90: 1, expired: 1 },
      { day: '2026-04-03', ...none, older: 1 },
    ]);
    expect(renewals).toEqual([{ day: '2026-02-01', override_id: 'A', since: '2026-01-01' }]);
    expect(ahead).toEqual([{ override_id: 'A', sunset: '2026-05-01T23:59:59.000Z', since: '2026-01-01' }]);
  });

  test('another id for the same policy and scope is a renewal, and for another scope none', () => {
    const answer = history(
      ['A', 'a', '2026-01-01', '2026-01-01T00:00:00Z', '2026-01-31T23:59:59Z'],
      ['B', 'b', '2026-01-31', '2026-01-31T00:00:00Z', '2026-03-31T23:59:59Z'],
      ['C', 'c', '2026-01-31', '2026-01-31T00:00:00Z', '2026-03-31T23:59:59Z', 'other/*'],
    );
    const { days, renewals } = overrideDays(answer, [version('2026-01-31', ['b', 'c'])], ['2026-02-02']);
    expect(days).toEqual([{ day: '2026-02-02', up_to_7: 1, up_to_30: 0, up_to_90: 1, older: 0, expired: 0 }]);
    expect(renewals).toEqual([{ day: '2026-01-31', override_id: 'B', since: '2026-01-01' }]);
  });

  test('where the log does not say what bundles list, dates decide, and what has none is counted apart', () => {
    const answer = history(
      ['A', 'a1', '2026-01-01', '2026-01-01T00:00:00Z', '2026-01-10T23:59:59Z'],
      ['A', 'a2', '2026-01-02', '2026-01-01T00:00:00Z', '2026-01-12T23:59:59Z'],
      ['S', 's', '2026-01-01', null, null],
    );
    const { days, without_dates } = overrideDays(
      answer,
      [version('2026-01-01', undefined)],
      ['2026-01-11', '2026-01-13'],
    );
    expect(days.map(({ up_to_30, expired }) => [up_to_30, expired])).toEqual([
      [1, 0],
      [0, 0],
    ]);
    expect(without_dates).toBe(1);
  });
});

describe('hours within which a part was resolved', () => {
  const items = (...said: (readonly [number, 'open' | 'resolved' | 'other'])[]) =>
    said.map(([hours, as]) => ({ hours, as }));

  test('is the nearest rank where all were resolved', () => {
    expect(
      resolvedWithin(items([1, 'resolved'], [2, 'resolved'], [3, 'resolved'], [4, 'resolved']), 0.5),
    ).toBe(2);
    expect(
      resolvedWithin(items([1, 'resolved'], [2, 'resolved'], [3, 'resolved'], [4, 'resolved']), 0.9),
    ).toBe(4);
  });

  test('is that of Kaplan and Meier where some are open', () => {
    // Left after 1 h: 4/5; after 3 h, with three at risk: 4/5 * 2/3 = 8/15; after 5 h, with one at risk: 0.
    const some = items([1, 'resolved'], [2, 'open'], [3, 'resolved'], [4, 'other'], [5, 'resolved']);
    expect(resolvedWithin(some, 0.4)).toBe(3);
    expect(resolvedWithin(some, 0.5)).toBe(5);
  });

  test('cannot be said where too few were resolved: three old ones that are open are not hidden by one quick one', () => {
    const hidden = items([0.5, 'resolved'], [900, 'open'], [800, 'open'], [700, 'open']);
    expect(resolvedWithin(hidden, 0.5)).toBeNull();
    expect(resolvedWithin([], 0.5)).toBeNull();
  });

  test('an open one more makes no part quicker', () => {
    const one = fc.record({
      hours: fc.integer({ min: 0, max: 100 }),
      as: fc.constantFrom('open', 'resolved', 'other'),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), fc.integer({ min: 0, max: 200 }), (all, hours) => {
        const [before, after] = [all, [...all, { hours, as: 'open' as const }]].map(
          (each) => resolvedWithin(each, 0.5) ?? Infinity,
        );
        return (after ?? 0) >= (before ?? 0);
      }),
    );
  });
});

describe('a control at a layer', () => {
  const policy = (inputs: string[], modes: Record<string, string>) => ({ inputs, modes, cadence: 'P1D' });
  const layer = (name: string, decisions: number, fail: number, denied: number, last_day: string) => ({
    layer: name,
    decisions,
    fail,
    denied,
    last_day,
  });
  const control = (policies: object[], layers: object[]) =>
    ({ policies, layers }) as unknown as ControlReport;

  test('is what its policies declare; what could be there is off; what nobody declared and was judged is unknown', () => {
    const one = control(
      [policy(['kubernetes'], { ci: 'enforce', admission: 'warn' }), policy(['hcl'], { ci: 'enforce' })],
      [
        layer('ci', 3, 2, 2, '2026-03-01'),
        layer('ci', 4, 1, 0, '2026-03-04'),
        layer('evidence', 1, 0, 0, '2026-03-02'),
      ],
    );
    const states = ['pre-commit', 'ci', 'admission', 'runtime', 'evidence'].map((name) =>
      layerCell(one, name, '2026-03-06'),
    );
    expect(states.map(({ state }) => state)).toEqual(['off', 'enforce', 'audit', 'off', 'unknown']);
    expect(states[1]).toEqual({
      ...{ state: 'enforce', policies: { enforce: 2, told: 0, of: 2 }, last: '2026-03-04', age: 2 },
      ...{ decisions: 7, failed: 3, denied: 2 },
    });
    expect(states[2]?.policies).toEqual({ enforce: 0, told: 1, of: 2 });
    expect(states[3]).toEqual({
      ...{ state: 'off', policies: { enforce: 0, told: 0, of: 2 }, last: null, age: null },
      ...{ decisions: 0, failed: 0, denied: 0 },
    });
  });

  test('is enforced in part where some of its policies only tell, or say nothing: one that stops a fail is not all', () => {
    const policies = [
      policy(['cedar-request'], { runtime: 'enforce' }),
      policy(['kubernetes'], { runtime: 'observe', ci: 'enforce' }),
      policy(['hcl'], { ci: 'enforce' }),
    ];
    // The one fail that runs was seen, and not stopped.
    const one = control(policies, [layer('runtime', 9, 1, 0, '2026-03-05')]);
    expect(layerCell(one, 'runtime', '2026-03-06')).toEqual({
      ...{ state: 'partly', policies: { enforce: 1, told: 1, of: 3 }, last: '2026-03-05', age: 1 },
      ...{ decisions: 9, failed: 1, denied: 0 },
    });
    expect(layerCell(one, 'ci', '2026-03-06')).toMatchObject({
      state: 'partly',
      policies: { enforce: 2, told: 0, of: 3 },
    });
    expect(enforcedIn(one)).toEqual(['ci', 'runtime']);
  });

  test('is not possible where no policy reads what is seen there', () => {
    expect(canJudge(['terraform-plan'], 'admission')).toBe(false);
    expect(canJudge(['terraform-plan'], 'runtime')).toBe(false);
    expect(canJudge(['aws-config'], 'ci')).toBe(false);
    expect(canJudge(['aws-config'], 'runtime')).toBe(true);
    expect(canJudge([], 'admission')).toBe(true);
    expect(
      layerCell(control([policy(['hcl'], { ci: 'enforce' })], []), 'admission', '2026-03-06').state,
    ).toBe('not_possible');
  });

  test('is older than expected once its shortest cadence has passed without a pass or a fail', () => {
    const days = [
      { day: '2026-03-01', pass: 1, fail: 0 },
      { day: '2026-03-05', pass: 0, fail: 0 },
    ];
    const said = (until: string, ...cadences: string[]) =>
      olderThanExpected(
        { policies: cadences.map((cadence) => ({ cadence })), days } as unknown as ControlReport,
        until,
      );
    expect(said('2026-03-02', 'P7D', 'P1D')).toBeUndefined();
    expect(said('2026-03-03', 'P7D', 'P1D')).toBe('newest evidence 2 days old, expected each P1D');
    expect(said('2026-03-08', 'P7D')).toBeUndefined();
    expect(said('2026-12-31', 'change')).toBeUndefined();
  });
});
