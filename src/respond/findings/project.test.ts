import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, respondSchema } from './config.ts';
import { deadline } from './due.ts';
import { causeSubject, factsOfMetadata } from './key.ts';
import { type ProjectOptions, projectFindings } from './project.ts';
import { type Act, type BundleFact, type Fact, isOpen, type JudgedFact, type RawFinding } from './types.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-03-01T00:00:00.000Z');
const LATER = START + 400 * DAY;
const DIGEST = `sha256:${'a'.repeat(64)}` as const;

let number = 0;
const id = () => {
  number += 1;
  return `r${String(number).padStart(6, '0')}`;
};

function judged(what: JudgedFact['what'], day: number, over: Partial<JudgedFact> = {}): JudgedFact {
  return {
    ...{ what, record_id: id(), at: START + day * DAY, recorded: START + day * DAY },
    ...{ policy: 'encrypted', rule: 'encrypted', subject_type: 'database', subject_id: 'db/1' },
    ...{ layer: 'runtime', tool: 'exhibit', severity: 'high', environment: 'production' },
    ...over,
  };
}
const response = (day: number, finding: string, act: Act): Fact => ({
  ...{ what: 'response', record_id: id(), at: START + day * DAY, recorded: START + day * DAY, finding, act },
});
const override = (day: number, until: number, over: object = {}): Fact => ({
  ...{ what: 'override', record_id: id(), at: START + day * DAY, recorded: START + day * DAY },
  ...{ id: 'db-7', digest: DIGEST, policy: 'encrypted', scope: { subjects: ['db/*'] } },
  ...{ created: START + day * DAY, sunset: START + until * DAY },
  ...over,
});
const unsaid = (day: number): Fact => ({
  ...{ what: 'bundle', record_id: id(), at: START + day * DAY, recorded: START + day * DAY },
  ...{ lineage: 'policies', overrides: [] },
});
const project = (facts: Iterable<Fact>, options: Partial<ProjectOptions> = {}) =>
  projectFindings(facts, { now: LATER, ...options }).findings;
function only(findings: readonly RawFinding[]): RawFinding {
  expect(findings).toHaveLength(1);
  return findings[0] as RawFinding;
}

describe('a finding', () => {
  it('is opened by a fail, and closed by a later pass of the same policy and subject', () => {
    const fail = judged('fail', 1);
    expect(only(project([fail]))).toMatchObject({ state: 'open', policy: 'encrypted', subject: 'db/1' });
    const pass = judged('pass', 3);
    const closed = only(project([fail, pass]));
    expect(closed).toMatchObject({ state: 'resolved', occurrences: [{ closed_by: pass.record_id }] });
    expect(closed.episodes).toEqual([
      { ...{ opened: fail.at, detected: fail.recorded }, closed: pass.at, closed_as: 'resolved' },
    ]);
  });

  it.each<[string, Partial<JudgedFact>]>([
    ['another policy', { policy: 'named', rule: 'named' }],
    ['another subject', { subject_id: 'db/2' }],
    ['another environment', { environment: 'test' }],
    ['another cluster', { cluster: 'b' }],
    ['a rule of the policy, where the policy failed', { rule: 'encrypted/keys' }],
    ['the layer ci', { layer: 'ci' }],
    ['an earlier time', { at: START, recorded: START + 9 * DAY }],
    ['the same moment', { at: START + DAY, recorded: START + DAY }],
  ])('is not closed by a pass of %s', (_name, over) => {
    expect(only(project([judged('fail', 1), judged('pass', 3, over)])).state).toBe('open');
  });

  it('is not closed by what came to no verdict, and says since when nobody could tell', () => {
    const found = only(project([judged('fail', 1), judged('unknown', 2), judged('unknown', 3)]));
    expect(found.state).toBe('open');
    expect(found.occurrences[0]?.not_judged_since).toBe(START + 2 * DAY);
  });

  describe('whose policy left the bundle', () => {
    const bundle = (day: number, layers: Record<string, string[]>, over: Partial<BundleFact> = {}): Fact => ({
      ...{ what: 'bundle', record_id: id(), at: START + day * DAY, recorded: START + day * DAY },
      ...{ lineage: 'policies', overrides: [], revision: `r${day}` },
      policies: new Map(Object.entries(layers).map(([name, all]) => [name, new Set(all)])),
      ...over,
    });
    const has = { encrypted: ['ci', 'runtime'] };

    it('is withdrawn, not resolved, with the bundle as evidence; with the policy it is open as before', () => {
      const fail = judged('fail', 1);
      const without = bundle(3, { other: ['runtime'] });
      const found = only(project([bundle(0, has), fail, without]));
      expect(found).toMatchObject({
        state: 'withdrawn',
        occurrences: [{ state: 'withdrawn', closed_by: without.record_id }],
        episodes: [{ closed: without.at, closed_as: 'withdrawn' }],
      });
      expect(found.history.at(-1)).toMatchObject({
        what: 'withdrawn',
        record_id: without.record_id,
        text: 'encrypted is in no bundle for runtime any more, since r3 of policies',
      });
      const back = bundle(40, has);
      const again = only(project([bundle(0, has), fail, without, back]));
      expect(again).toMatchObject({ state: 'reopened', episodes: [{}, { opened: back.at }] });
      // That it was away does not begin its time anew.
      const { due, overdue } = deadline(again, DEFAULT_CONFIG, START + 41 * DAY);
      expect([due, overdue]).toEqual([back.at, true]);
    });

    it.each<[string, Fact[]]>([
      ['was in no bundle of the log, as a check of another tool', [bundle(0, {}), bundle(3, {})]],
      [
        'another policy repository has, too',
        [bundle(0, has), bundle(0, has, { lineage: 'b' }), bundle(3, {})],
      ],
      ['a bundle still judges by there', [bundle(0, has), bundle(3, { encrypted: ['runtime'] })]],
      ['a later bundle leaves open, whose policies are not known', [bundle(0, has), unsaid(3)]],
    ])('stays open where the policy %s', (_name, bundles) => {
      expect(only(project([judged('fail', 1), ...bundles])).state).toBe('open');
    });

    it('is withdrawn where the policy stays for other layers only, and waived ones are, too', () => {
      const facts = [bundle(0, has), override(0, 90), judged('fail', 1), bundle(3, { encrypted: ['ci'] })];
      // What the override would let go after its sunset nobody judges.
      expect(only(project(facts)).state).toBe('withdrawn');
    });

    it('is resolved by a pass, and reopened by a fail that still comes', () => {
      const facts = [bundle(0, has), judged('fail', 1), bundle(3, {})];
      expect(only(project([...facts, judged('pass', 4)])).state).toBe('resolved');
      expect(only(project([...facts, judged('fail', 4)])).state).toBe('reopened');
      expect(only(project([...facts, judged('fail', 4), bundle(5, {})])).state).toBe('withdrawn');
    });
  });

  it('of a deleted subject is gone, not resolved; a subject that comes back reopens it', () => {
    const { policy: _, rule: __, ...gone } = judged('gone', 2);
    expect(only(project([judged('fail', 1), gone])).state).toBe('gone');
    expect(only(project([judged('fail', 1), gone, judged('fail', 3)])).state).toBe('reopened');
  });

  it('reopens under the same id and keeps its history', () => {
    const facts = [judged('fail', 1), judged('pass', 2)];
    const before = only(project(facts));
    const after = only(project([...facts, judged('fail', 5)]));
    expect(after).toMatchObject({ id: before.id, state: 'reopened' });
    expect(after.history.slice(0, before.history.length)).toEqual(before.history);
    expect(after.episodes).toHaveLength(2);
    expect(after.episodes[1]).toMatchObject({ passed_before: START + 2 * DAY });
  });

  it('is acknowledged for one episode', () => {
    const fail = judged('fail', 1);
    const { id: finding } = only(project([fail]));
    const ack = response(2, finding, { action: 'acknowledge' });
    expect(only(project([fail, ack])).state).toBe('acknowledged');
    expect(only(project([fail, ack, judged('pass', 3), judged('fail', 4)])).state).toBe('reopened');
  });

  it('is one for many subjects of one owner, and for tools whose checks are of one meaning', () => {
    const pod = (name: string) =>
      judged('fail', 1, { subject_id: `Pod/shop/${name}`, facts: { owned_by: 'Deployment/shop/web' } });
    const found = only(project([pod('web-1-a'), pod('web-1-b')]));
    expect(found).toMatchObject({ subject: 'Deployment/shop/web', state: 'open' });
    expect(found.occurrences.map(({ subject_id }) => subject_id)).toEqual([
      'Pod/shop/web-1-a',
      'Pod/shop/web-1-b',
    ]);
    const partly = [pod('web-1-a'), pod('web-1-b'), judged('pass', 2, { subject_id: 'Pod/shop/web-1-a' })];
    expect(only(project(partly)).state).toBe('open');
    const tools = [
      judged('fail', 1, { policy: 'trivy/KSV001', rule: 'KSV001', tool: 'trivy' }),
      judged('fail', 1, { policy: 'encrypted', rule: 'encrypted' }),
    ];
    expect(project(tools)).toHaveLength(2);
    expect(only(project(tools, { groups: [['trivy/KSV001', 'encrypted']] }))).toMatchObject({
      policy: 'encrypted',
      policies: ['encrypted', 'trivy/KSV001'],
    });
  });
});

it('what was said before its policy was grouped stays said', () => {
  const fail = judged('fail', 1, { policy: 'trivy/KSV001', rule: 'KSV001' });
  const { id: alone } = only(project([fail]));
  const facts = [fail, response(2, alone, { action: 'acknowledge' })];
  const grouped = projectFindings(facts, { now: LATER, groups: [['trivy/KSV001', 'encrypted']] });
  expect(grouped).toMatchObject({ findings: [{ state: 'acknowledged' }], orphans: [] });
  expect(grouped.findings[0]?.id).not.toBe(alone);
});

describe('an override', () => {
  it('closes while it is in force, and the finding is open one millisecond after the sunset', () => {
    const facts = [judged('fail', 1), override(2, 10)];
    const at = (now: number) => only(project(facts, { now })).state;
    expect(at(START + 2 * DAY - 1)).toBe('open');
    expect(at(START + 2 * DAY)).toBe('waived');
    expect(at(START + 10 * DAY)).toBe('waived');
    expect(at(START + 10 * DAY + 1)).toBe('reopened');
  });

  it('that the log does not have, or that is over, closes nothing, and this is said', () => {
    const waived = judged('waived', 3, { override_digest: DIGEST });
    const unknown = only(project([waived]));
    expect(unknown.state).toBe('open');
    expect(unknown.notes[0]).toContain('not in force by this log');
    expect(only(project([override(1, 2), waived])).state).toBe('open');
    expect(only(project([override(1, 500), waived])).state).toBe('waived');
  });

  it.each([
    ['of another policy', { policy: 'named' }],
    ['of another subject', { scope: { subjects: ['vm/*'] } }],
    ['of another layer', { scope: { subjects: ['db/*'], layers: ['ci'] } }],
    ['without a scope', { scope: {} }],
  ])('%s closes nothing', (_name, over) => {
    expect(only(project([judged('fail', 1), override(2, 500, over)])).state).toBe('open');
  });

  it('that a later bundle of the same repository leaves out is over', () => {
    const bundle = (day: number, lineage: string, overrides: (typeof DIGEST)[]): Fact => ({
      ...{ what: 'bundle', record_id: id(), at: START + day * DAY, recorded: START + day * DAY },
      ...{ lineage, overrides },
    });
    const facts = [judged('fail', 1), override(2, 500), bundle(2, 'a', [DIGEST])];
    expect(only(project([...facts, bundle(3, 'b', [])])).state).toBe('waived');
    expect(only(project([...facts, bundle(3, 'a', [])])).state).toBe('reopened');
    expect(only(project([...facts, bundle(3, 'a', []), bundle(4, 'a', [DIGEST])])).state).toBe('waived');
  });
});

describe('the due date', () => {
  it('of low severity in a test environment: open, overdue and escalated on day 31', () => {
    const fail = judged('fail', 0, { severity: 'low', environment: 'test' });
    const raw = only(project([fail]));
    const on = (day: number) => deadline(raw, DEFAULT_CONFIG, START + day * DAY);
    // 30 days by the defaults, by hand.
    expect(on(30)).toEqual({ due: START + 30 * DAY, overdue: false, level: 0 });
    expect(on(31)).toMatchObject({ overdue: true, level: 1, level_since: START + 30 * DAY });
    expect(on(38)).toMatchObject({ level: 2 });
    expect(on(3_000)).toMatchObject({ overdue: true, level: 3 });
    expect(raw.state).toBe('open');
  });

  it('counts from when the log had it, and a waiver does not begin it anew', () => {
    const late = judged('fail', 1, { recorded: START + 9 * DAY });
    // Three days for high in production.
    expect(deadline(only(project([late])), DEFAULT_CONFIG, LATER).due).toBe(START + 12 * DAY);
    const waited = only(project([judged('fail', 1), override(2, 10)]));
    expect(deadline(waited, DEFAULT_CONFIG, LATER).due).toBe(START + 10 * DAY + 1);
  });

  it('is never moved by a snooze, which ends with it', () => {
    const fail = judged('fail', 1);
    const { id: finding } = only(project([fail]));
    const until = new Date(START + 300 * DAY).toISOString();
    const raw = only(project([fail, response(2, finding, { action: 'snooze', until })]));
    expect(deadline(raw, DEFAULT_CONFIG, START + 3 * DAY)).toMatchObject({
      due: START + 4 * DAY,
      snoozed_until: START + 4 * DAY,
    });
    expect(deadline(raw, DEFAULT_CONFIG, START + 5 * DAY)).toMatchObject({ overdue: true, level: 1 });
  });

  it('is that of the shortest line where no line fits', () => {
    const config = respondSchema.parse({ due: [{ severity: ['low'], within: 'P9D' }] });
    expect(deadline(only(project([judged('fail', 0)])), config, START).due).toBe(START + 9 * DAY);
  });
});

describe('owners of subjects', () => {
  it('a pod is its Deployment’s, by the hash of its template; a container stays what it is', () => {
    const facts = factsOfMetadata({
      namespace: 'shop',
      labels: { 'pod-template-hash': '5d4f8' },
      ownerReferences: [{ kind: 'ReplicaSet', name: 'web-5d4f8', controller: true }],
    });
    expect(facts?.owned_by).toBe('Deployment/shop/web');
    expect(causeSubject({ subject_id: 'Pod/shop/web-5d4f8-x/containers/app', ...(facts && { facts }) })).toBe(
      'Deployment/shop/web/containers/app',
    );
  });

  it('tags are labels; the namespace is that of the subject where nothing else says it', () => {
    expect(factsOfMetadata({ tags: { Owner: 'data' } })).toEqual({ labels: { Owner: 'data' } });
    const ownerReferences = [{ kind: 'DaemonSet', name: 'agent' }];
    expect(factsOfMetadata({ ownerReferences }, 'Pod/shop/agent-x')?.owned_by).toBe('DaemonSet/shop/agent');
    expect(factsOfMetadata({ ownerReferences }, 'Node/a')?.owned_by).toBe('DaemonSet/agent');
  });

  it('several owners without a controller are none; anything else than metadata says nothing', () => {
    const two = [
      { kind: 'A', name: 'a' },
      { kind: 'B', name: 'b' },
    ];
    expect(factsOfMetadata({ ownerReferences: two })).toBeUndefined();
    for (const odd of [null, 'x', 7, [], { labels: 'x', ownerReferences: [null, { kind: 1 }] }])
      expect(factsOfMetadata(odd)).toBeUndefined();
  });
});

const step = fc.record({
  what: fc.constantFrom('fail', 'pass', 'unknown', 'waived', 'gone', 'override', 'acknowledge'),
  // Few days, so that many are of one moment.
  day: fc.integer({ min: 1, max: 4 }),
  late: fc.integer({ min: 0, max: 2 }),
  subject: fc.constantFrom('db/1', 'db/2'),
  until: fc.integer({ min: 1, max: 6 }),
});
const ID = only(project([judged('fail', 1)])).id;
const story = fc.array(step, { maxLength: 25 }).map((steps) =>
  steps.map(({ what, day, late, subject, until }): Fact => {
    if (what === 'override') {
      const digest = `sha256:${String(until).repeat(64)}` as const;
      return override(day, day + until, { id: `o${until}`, digest, scope: { subjects: [subject] } });
    }
    if (what === 'acknowledge') return response(day, ID, { action: 'acknowledge' });
    const at = { at: START + day * DAY, recorded: START + (day + late) * DAY };
    return judged(what as 'fail', day, {
      ...at,
      subject_id: subject,
      override_digest: `sha256:${'2'.repeat(64)}`,
    });
  }),
);

describe('laws', () => {
  it('the order of records makes no difference, nor how often each comes', () => {
    fc.assert(
      fc.property(story, fc.infiniteStream(fc.nat()), (facts, order) => {
        const shuffled = facts
          .map((fact) => ({ fact, rank: order.next().value }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ fact }) => fact);
        expect(project(shuffled)).toEqual(project(facts));
        expect(project([...facts, ...shuffled])).toEqual(project(facts));
      }),
    );
  });

  it('nothing closes without a later pass, a deletion that a record says, or an override in force', () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 1, max: 12 }), (facts, day) => {
        const now = START + day * DAY;
        const seen = facts.filter(({ recorded }) => recorded <= now);
        for (const finding of project(facts, { now })) {
          if (isOpen(finding.state)) continue;
          for (const each of finding.occurrences) {
            const by = seen.find(({ record_id }) => record_id === each.closed_by);
            expect(by).toBeDefined();
            if (each.state === 'waived') expect(by).toMatchObject({ what: 'override' });
            if (by?.what === 'override') expect(by.sunset).toBeGreaterThanOrEqual(now);
            else expect(by).toMatchObject({ what: each.state === 'gone' ? 'gone' : 'pass' });
            if (by?.what !== 'override') expect(by?.at).toBeGreaterThan(each.last_failed);
          }
        }
      }),
    );
  });

  it('a fail that is the last word about its subject is open, however long ago', () => {
    fc.assert(
      fc.property(story, (facts) => {
        const plain = facts.filter(({ what }) => what === 'fail' || what === 'pass');
        const last = plain.reduce((most, { at }) => Math.max(most, at), 0);
        const found = plain.filter((each) => each.what === 'fail' && each.at === last) as JudgedFact[];
        const findings = project(plain, { now: LATER });
        for (const { subject_id } of found)
          expect(isOpen(findings.find(({ subject }) => subject === subject_id)?.state ?? 'gone')).toBe(true);
      }),
    );
  });

  it('what comes later takes nothing out of a history', () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 1, max: 6 }), (facts, day) => {
        // In the order in which the log took them, without late ones, which stand between.
        const prompt = facts.map((fact) => ({ ...fact, recorded: fact.at }));
        const before = project(prompt, { now: START + day * DAY });
        const after = project(prompt, { now: LATER });
        for (const { id: same, history, episodes } of before) {
          const grown = after.find((each) => each.id === same);
          expect(grown?.history.slice(0, history.length)).toEqual(history);
          expect(grown?.episodes.length).toBeGreaterThanOrEqual(episodes.length);
        }
      }),
    );
  });
});
