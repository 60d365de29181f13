import { describe, expect, it } from 'vitest';
import { honestTest } from './honest.ts';
import type { GateRunTold, HonestFacts, MergeTold } from './types.ts';

const NONE: HonestFacts = {
  runs: [],
  merges: [],
  denials: [],
  writes: [],
  lists_unread: 0,
  blocking_in_ci: new Set(['tls']),
  asking_for_a_pass: new Set(['attested']),
  overrides: [],
  reads: [],
  made_up: { runs: 0, denials: 0, reads: 0, overrides: 0 },
};
const run = (more: Partial<GateRunTold> = {}): GateRunTold => ({
  record_id: 'run-1',
  log_index: 4,
  recorded_at: '2026-11-20T10:00:00.000Z',
  repository: 'git.example.com/shop/infra',
  commit: 'aaaa',
  blocking: 1,
  failing: ['tls'],
  simulated: false,
  advisory: false,
  exit_code: 1,
  level: 'https://issuer.example.com',
  ...more,
});
const merge = (more: Partial<MergeTold> = {}): MergeTold => ({
  record_id: 'merge-1',
  log_index: 9,
  repository: 'git.example.com/shop/infra',
  url: 'https://git.example.com/shop/infra/pull/7',
  head: 'bbbb',
  merge_commit: undefined,
  merged_at: '2026-11-21T10:00:00.000Z',
  verdict: 'pass',
  refused: [],
  ...more,
});
const denial = { record_id: 'd-1', log_index: 5, run_id: 'r-1', policy_id: 'tls', subject: 'web' };
const write = {
  audit_id: 'audit-1',
  time: '2026-11-20T10:00:00.000Z',
  operation: 'CREATE' as const,
  verb: 'create',
  group: 'apps',
  resource: 'deployments',
  run: 'r-1',
  code: 403,
  refused: true as const,
};
const of = (facts: Partial<HonestFacts>) => honestTest({ ...NONE, ...facts });
const word = (at: number, facts: Partial<HonestFacts>) => of(facts).answers[at]?.answer;

it('nothing on the record is no yes', () => {
  const { answers, yes, verdict } = of({});
  expect(answers.map(({ answer }) => answer)).toEqual(Array(4).fill('not_shown'));
  // A log may have some of another time.
  expect(answers.map(({ why }) => why)).toEqual([
    'no run of a gate was recorded in the period',
    'nothing was denied at admission in the period',
    'no read within an engagement was found',
    'no override was recorded in the period',
  ]);
  expect([yes, verdict]).toEqual([0, 'a library, not policy as code']);
});

const READ: HonestFacts['reads'][number] = {
  ...{ record_id: 'q-1', log_index: 7, engagement: 'eng-0123456789abcdef' },
  ...{ kind: 'read', what: 'the answer for every control', by: 'auditor', verified_by: undefined },
};

describe('does a policy block in CI?', () => {
  it('yes, by a blocked change that is not among those that were merged until later', () => {
    const [first] = of({ runs: [run()], merges: [merge()] }).answers;
    expect(first).toMatchObject({ answer: 'yes', counts: { blocked: 1, held: 1, merged_over: 0 } });
    expect(first?.rests_on).toMatchObject([
      { record_id: 'run-1', log_index: 4, says: expect.stringContaining('tls') },
      { record_id: 'merge-1', reference: 'https://git.example.com/shop/infra/pull/7' },
    ]);
  });

  it('yes, by a change that was merged after another run of it was clean', () => {
    expect(word(0, { runs: [run()], merges: [merge({ head: 'aaaa' })] })).toBe('yes');
    expect(word(0, { runs: [run()], merges: [merge({ head: 'cccc', refused: ['run-1'] })] })).toBe('yes');
  });

  it.each<[string, Partial<HonestFacts>]>([
    ['the code host was not asked', { runs: [run()] }],
    ['its log ends before', { runs: [run()], merges: [merge({ merged_at: '2026-11-19T10:00:00.000Z' })] }],
    [
      'it is of another repository',
      { runs: [run()], merges: [merge({ repository: 'git.example.com/x/y' })] },
    ],
    ['it is a simulation', { runs: [run({ simulated: true })], merges: [merge()] }],
    ['the gate only advises', { runs: [run({ advisory: true })], merges: [merge()] }],
    ['it let it through', { runs: [run({ exit_code: 0 })], merges: [merge()] }],
    [
      'it ran on what was merged already',
      {
        runs: [run({ recorded_at: '2026-11-22T10:00:00.000Z' })],
        merges: [merge({ merge_commit: 'aaaa' })],
      },
    ],
    ['nobody knows of which commit it is', { runs: [run({ commit: '' })], merges: [merge()] }],
  ])('not shown where %s', (_, facts) => {
    expect(word(0, facts)).toBe('not_shown');
  });

  it('no, where what was blocked was merged all the same', () => {
    const [first] = of({ runs: [run()], merges: [merge({ head: 'aaaa', verdict: 'fail' })] }).answers;
    expect(first).toMatchObject({ answer: 'no', counts: { merged_over: 1 } });
  });

  it('one that was merged over stays in sight beside a yes', () => {
    const [first] = of({
      runs: [run(), run({ record_id: 'run-2', commit: 'dddd', log_index: 6 })],
      merges: [merge(), merge({ head: 'dddd', verdict: 'fail' })],
    }).answers;
    expect(first).toMatchObject({ answer: 'yes', counts: { held: 1, merged_over: 1 } });
    expect(first?.why).toContain('merged all the same: 1');
  });
});

describe('does admission catch what came past CI?', () => {
  it('yes, by a denied request that the API server says it refused', () => {
    const [, second] = of({ denials: [denial], writes: [write] }).answers;
    expect(second).toMatchObject({ answer: 'yes', counts: { denied: 1, confirmed: 1, past_ci: 1 } });
    expect(second?.rests_on).toMatchObject([{ record_id: 'd-1' }, { reference: 'audit-1' }]);
  });

  it('a denial for want of a pass of CI goes before one of a policy that blocks there', () => {
    const asked = { ...denial, record_id: 'd-2', log_index: 2, policy_id: 'attested' };
    const [, second] = of({ denials: [denial, asked], writes: [write] }).answers;
    expect(second?.rests_on[0]).toMatchObject({ record_id: 'd-2' });
  });

  it.each<[string, Partial<HonestFacts>]>([
    ['the API server’s log is not there', { denials: [denial] }],
    ['that log names other runs', { denials: [denial], writes: [{ ...write, run: 'r-2' }] }],
    [
      'the policy neither blocks in CI nor asks for its pass',
      {
        denials: [{ ...denial, policy_id: 'other' }],
        writes: [write],
      },
    ],
  ])('not shown where %s', (_, facts) => {
    expect(word(1, facts)).toBe('not_shown');
  });

  it('says that lists of events cannot be read', () => {
    const [, second] = of({ denials: [denial], writes: [write], lists_unread: 2 }).answers;
    expect(second?.why).toContain('2 lists of audit events cannot be read');
  });

  it('no, where the API server let through what was denied', () => {
    const { refused: _, ...through } = write;
    expect(word(1, { denials: [denial], writes: [{ ...through, code: 201 }] })).toBe('no');
    const other = { ...denial, record_id: 'd-2', run_id: 'r-2' };
    const both = { denials: [denial, other], writes: [write, { ...through, run: 'r-2', code: 201 }] };
    expect(word(1, both), 'another one was refused').toBe('no');
    // What was only tried was answered, and nothing came of it.
    expect(word(1, { denials: [denial], writes: [{ ...through, dry_run: true }] })).toBe('not_shown');
  });
});

describe('are overrides tickets?', () => {
  const granted = {
    record_id: 'o-1',
    log_index: 1,
    id: 'OVR-1',
    kind: 'granted' as const,
    missing: [],
    ticket: 'open' as const,
  };

  it.each<[string, HonestFacts['overrides'], string]>([
    ['each is complete, and its ticket known', [granted, { ...granted, ticket: 'closed' }], 'yes'],
    ['one has no sunset', [granted, { ...granted, missing: ['sunset'] }], 'no'],
    ['the ticket of one is not there', [{ ...granted, ticket: 'missing' }], 'no'],
    ['one passed over without an override', [granted, { ...granted, kind: 'bypass' }], 'no'],
    ['another tool keeps suppressions', [granted, { ...granted, kind: 'suppression' }], 'no'],
    ['the tracker was not asked about one', [granted, { ...granted, ticket: 'unchecked' }], 'not_shown'],
  ])('where %s', (_, overrides, answer) => {
    expect(word(3, { overrides })).toBe(answer);
  });
});

it('three of four are policy as code', () => {
  const { yes, verdict } = of({
    runs: [run()],
    merges: [merge()],
    denials: [denial],
    writes: [write],
    reads: [READ],
  });
  expect([yes, verdict]).toEqual([3, 'policy as code']);
});

describe('can the auditor query without a person', () => {
  const answer = (...reads: HonestFacts['reads'][number][]) =>
    of({ reads }).answers.find(({ question }) => question === 'auditor');

  it('is not shown by what the team read, however often', () => {
    const team = { ...READ, by: 'team' } as const;
    expect(answer()).toMatchObject({ answer: 'not_shown', rests_on: [] });
    expect(answer(team, { ...team, log_index: 8 })).toMatchObject({
      answer: 'not_shown',
      why: '2 reads within engagements, none by the auditor',
      counts: { reads: 0, by_the_team: 2 },
    });
  });

  it('says what the reads were where they are more than reads of a page', () => {
    const drawn = { ...READ, kind: 'sample drawn', log_index: 9 };
    expect(answer(READ, drawn, { ...drawn, log_index: 10 })?.why).toBe(
      '3 reads by the auditor of 1 engagement (sample drawn: 2, read: 1), known by a name that was given, and by nothing that proves it',
    );
  });

  it('rests on reads of the auditor, those with a proven identity first, and says how many these are', () => {
    const signedIn = { ...READ, record_id: 'q-2', log_index: 3, verified_by: 'https://login.example' };
    expect(answer(READ, signedIn)).toMatchObject({
      answer: 'yes',
      why: '2 reads by the auditor of 1 engagement, 1 with a proven identity, the others by a name that was given',
      rests_on: [
        { record_id: 'q-2', log_index: 3, says: expect.stringContaining('https://login.example') },
        { record_id: 'q-1', log_index: 7, says: expect.stringContaining('by a name that was given') },
      ],
    });
  });
});

describe('records that were made up for a demonstration', () => {
  const made_up = { runs: 412, denials: 3, reads: 1, overrides: 8 };

  it('count for nothing, and are not said to be missing', () => {
    const { answers, yes } = honestTest({ ...NONE, made_up });
    expect(yes).toBe(0);
    expect(answers.map(({ answer, why, made_up: count }) => [answer, why, count])).toEqual([
      ['not_shown', 'no run of a gate counts: 412 were found, made up for a demonstration', 412],
      ['not_shown', 'no denied request counts: 3 were found, made up for a demonstration', 3],
      ['not_shown', 'no read counts: 1 was found, made up for a demonstration', 1],
      ['not_shown', 'no override counts: 8 were found, made up for a demonstration', 8],
    ]);
  });

  it('are told apart from what counts', () => {
    const [ci] = honestTest({ ...NONE, runs: [run({ blocking: 0 })], made_up }).answers;
    expect(ci?.why).toBe(
      '1 run of gates, and none blocked anything; 412 more were made up for a demonstration',
    );
  });
});
