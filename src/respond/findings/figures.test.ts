import { describe, expect, it } from 'vitest';
import { parseCatalogue } from './catalogue.ts';
import { DEFAULT_CONFIG, respondSchema } from './config.ts';
import { evaluateFindings, type Finding } from './evaluate.ts';
import { findingMetrics, percentile } from './metrics.ts';
import { addMonth, article23 } from './nis2.ts';
import { type OwnerSources, ownerOf } from './owner.ts';
import type { Episode, RawFinding } from './types.ts';

const HOUR = 3_600_000;
const NONE: OwnerSources = { services: [], repositories: new Map() };
const raw = (over: Partial<RawFinding> = {}): RawFinding => ({
  ...{
    id: 'F-1',
    policy: 'encrypted',
    policies: ['encrypted'],
    subject: 'db/1',
    state: 'open',
    severity: 'high',
  },
  ...{ occurrences: [], episodes: [], history: [], incident_steps: [], deliveries: [], notes: [] },
  last: { subject_id: 'db/1' },
  ...over,
});

describe('owners', () => {
  const owners = respondSchema.parse({ owners: { default: 'platform@example.com' } }).owners;
  const services = [
    ...parseCatalogue(
      'services.yaml',
      'services:\n  - {name: shop, owner: team-shop, subjects: ["*/shop/**"]}\n',
    ),
    ...parseCatalogue(
      'catalog-info.yaml',
      `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: pay
  annotations: {backstage.io/kubernetes-label-selector: 'app=pay,tier=api'}
spec: {type: service, owner: 'group:default/payments'}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: payments}
`,
    ),
  ];
  const CODEOWNERS = new TextEncoder().encode('*.tf @org/infra\n/db/ @org/data ada@example.com\n');
  const sources: OwnerSources = {
    services,
    repositories: new Map([['github.com/example/shop', new Map([['CODEOWNERS', CODEOWNERS]])]]),
  };
  const of = (over: Partial<RawFinding>) => ownerOf(raw(over), owners, sources);

  it('who was assigned, then annotation, label, code owner, catalogue, default', () => {
    const facts = { annotations: { owner: 'anna' }, labels: { team: 'label-team', app: 'pay', tier: 'api' } };
    const code = { repository: 'https://github.com/Example/shop.git', file: 'db/main.tf' };
    const at = { subject: 'Pod/shop/x', last: { subject_id: 'Pod/shop/x', facts, ...code } };
    expect(of({ assigned: 'grace', ...at })).toMatchObject({ name: 'grace', by: 'assignment' });
    expect(of(at)).toMatchObject({ name: 'anna', by: 'annotation', evidence: 'owner' });
    const labelled = { ...at.last, facts: { labels: facts.labels } };
    expect(of({ ...at, last: labelled })).toMatchObject({ name: 'label-team', by: 'label' });
    expect(of({ ...at, last: { subject_id: 'x', ...code } })).toMatchObject({
      ...{ name: '@org/data ada@example.com', by: 'codeowners', evidence: 'CODEOWNERS:2', weak: false },
    });
    expect(of({ subject: 'Pod/shop/x' })).toMatchObject({ name: 'team-shop', by: 'catalogue' });
    const paid = { labels: { app: 'pay', tier: 'api' } };
    expect(of({ last: { subject_id: 'db/1', facts: paid } })).toMatchObject({
      name: 'payments',
      by: 'catalogue',
    });
    expect(of({})).toEqual({
      name: 'platform@example.com',
      by: 'default',
      evidence: 'owners.default',
      weak: true,
    });
  });

  it('an empty label names nobody, and the default is said as a weakness', () => {
    const last = { subject_id: 'db/1', facts: { labels: { owner: '  ' } } };
    expect(ownerOf(raw({ last }), owners, NONE).by).toBe('default');
    const { weaknesses } = evaluateFindings({ findings: [raw()], orphans: [] }, DEFAULT_CONFIG, NONE, 0);
    expect(weaknesses).toEqual(['1 open without an owner: they are of unassigned, the default']);
  });

  it.each([
    ['services: [{name: x}]', /services\.0\.owner/],
    ['a: [', /catalogue.yaml/],
    ['apiVersion: v1\nkind: Pod\n', /apiVersion/],
  ])('a catalogue that is none is refused with its place: %s', (text, message) => {
    expect(() => parseCatalogue('catalogue.yaml', text)).toThrow(message);
  });
});

describe('figures', () => {
  it('by hand: two resolved, one open that counts with its age', () => {
    const episode = (over: Partial<Episode>): Episode => ({ opened: 0, detected: 2 * HOUR, ...over });
    const finding = (over: Partial<RawFinding>) =>
      ({
        ...raw(over),
        owner: { name: 'a', by: 'label', evidence: '', weak: false },
        deadline: { due: 0, overdue: false, level: 0 },
      }) satisfies Finding;
    const findings = [
      finding({
        state: 'resolved',
        episodes: [episode({ acknowledged: 3 * HOUR, closed: 6 * HOUR, closed_as: 'resolved' })],
      }),
      finding({
        state: 'resolved',
        severity: 'low',
        episodes: [episode({ closed: 10 * HOUR, closed_as: 'resolved' })],
      }),
      finding({ episodes: [episode({ passed_before: HOUR })] }),
      finding({ state: 'waived', episodes: [episode({ closed: 3 * HOUR, closed_as: 'waived' })] }),
      finding({ state: 'gone', episodes: [episode({ closed: 3 * HOUR, closed_as: 'gone' })] }),
    ];
    const { all, by_severity } = findingMetrics(findings, 102 * HOUR);
    // Resolved after 4 and 8 hours; open and waived for 100: sorted 4, 8, 100, 100; the second and the fourth of four.
    expect(all.resolve).toEqual({ count: 4, open: 2, median: 8 * 3_600, p90: 100 * 3_600 });
    // One after an hour, one waits for 100; of those that were closed without it none waits.
    expect(all.acknowledge).toEqual({ count: 2, open: 1, median: 3_600, p90: 100 * 3_600 });
    expect(all.detect).toEqual({ count: 5, open: 0, median: 7_200, p90: 7_200 });
    expect(all.detect_at_most).toEqual({ count: 1, open: 0, median: 3_600, p90: 3_600 });
    expect(all).toMatchObject({ findings: 5, open: 1, waived: 1, gone: 1, reopened: 0 });
    expect(by_severity.map(({ severity, findings: count }) => [severity, count])).toEqual([
      ['high', 4],
      ['low', 1],
    ]);
    expect(findingMetrics([], 0).all.resolve).toEqual({ count: 0, open: 0 });
  });

  it('a percentile is the nearest rank', () => {
    // By hand, of five values: ranks 1, 2, 2, 3 and 5.
    const values = [15, 20, 35, 40, 50];
    expect([0.05, 0.3, 0.4, 0.5, 1].map((part) => percentile(values, part))).toEqual([15, 20, 20, 35, 50]);
  });
});

describe('the clock of NIS2 Article 23', () => {
  const known = Date.parse('2026-01-31T10:00:00Z');
  const at = (time: string) => Date.parse(time);
  const incident = { known, record_id: 'marked' };
  const steps = (over: Partial<RawFinding>, now: string) =>
    article23(raw({ incident, ...over }), at(now))?.steps.map(({ step, due, limit, late }) => [
      step,
      new Date(due).toISOString(),
      limit === undefined ? undefined : new Date(limit).toISOString(),
      late,
    ]);

  it('24 hours, 72 hours and one month from when it became known', () => {
    expect(steps({}, '2026-02-01T10:00:00Z')).toEqual([
      ['early_warning', '2026-02-01T10:00:00.000Z', undefined, false],
      ['notification', '2026-02-03T10:00:00.000Z', undefined, false],
      // February has no 31st.
      ['final_report', '2026-02-28T10:00:00.000Z', undefined, false],
    ]);
    expect(steps({}, '2026-02-01T10:00:00.001Z')?.[0]?.[3]).toBe(true);
    expect(article23(raw(), 0)).toBeUndefined();
  });

  it('a step rests on records; the directive counts the month from the notification', () => {
    const submitted = at('2026-02-03T09:00:00Z');
    const incident_steps: RawFinding['incident_steps'] = [
      { step: 'early_warning', submitted: at('2026-02-02T00:00:00Z'), reference: 'C-1', record_id: 'warned' },
      { step: 'notification', submitted, reference: 'C-2', record_id: 'told' },
    ];
    const found = article23(raw({ incident, incident_steps }), at('2026-03-01T00:00:00Z'));
    expect(found?.steps).toMatchObject([
      { late: true, reference: 'C-1', evidence: ['marked', 'warned'] },
      { late: false, reference: 'C-2', evidence: ['marked', 'told'] },
      { late: true, limit: at('2026-03-03T09:00:00Z'), evidence: ['marked'] },
    ]);
  });

  it('a month ends on the same day, or on the last one', () => {
    const next = (time: string) => new Date(addMonth(Date.parse(time))).toISOString();
    expect(next('2024-01-31T00:00:00Z')).toBe('2024-02-29T00:00:00.000Z');
    expect(next('2026-12-15T23:59:59.999Z')).toBe('2027-01-15T23:59:59.999Z');
    expect(next('2026-02-28T00:00:00Z')).toBe('2026-03-28T00:00:00.000Z');
  });
});

describe('the configuration', () => {
  it.each([
    [
      'a secret in the file',
      { channels: [{ name: 'a', kind: 'slack', url: 'https://hooks.example.com/x' }] },
    ],
    ['both places of a secret', { channels: [{ name: 'a', kind: 'slack', url: { env: 'A', file: 'b' } }] }],
    [
      'two channels of one name',
      { channels: [1, 2].map(() => ({ name: 'a', kind: 'slack', url: { env: 'A' } })) },
    ],
    ['levels out of order', { escalation: [{ after: 'P2D' }, { after: 'P1D' }] }],
    ['no duration', { due: [{ within: 'soon' }] }],
    ['a word that it does not know', { ages_out: true }],
  ])('%s is refused', (_name, value) => {
    expect(respondSchema.safeParse(value).success).toBe(false);
  });
});
