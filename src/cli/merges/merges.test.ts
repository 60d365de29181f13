import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { query } from '../../lake/index.ts';
import { type Fixture, type InForce, makeFixture } from '../../lake/testing/fixture.ts';
import { openReader } from '../../ledger/index.ts';
import { derivedId, type RecordDraft, type Verdict } from '../../record/index.ts';
import { Machine } from '../testing/program.ts';
import type { MergesDocument } from './schema.ts';

const HEAD = '1111111111111111111111111111111111111111';
const MERGED = '2026-03-02T12:00:00Z';
const PLACE = 'https://github.com/example/shop';

let lake: Fixture;
let machine: Machine;
let map: InForce;

beforeEach(async () => {
  lake = await makeFixture('2026-03-02T09:00:00.000Z');
  machine = new Machine('2026-03-03T09:00:00Z');
  map = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
});
afterEach(() => lake.remove());

/** A run of a gate of the repository, recorded at a time. */
async function gate(
  at: string,
  verdicts: readonly (readonly [Verdict, Partial<RecordDraft>?])[] = [['pass']],
  fields: Partial<RecordDraft> = {},
  lost = 0,
) {
  lake.at(at);
  const run_id = derivedId(
    'test',
    JSON.stringify([at, fields]),
    (data) => new Uint8Array(Buffer.from(data).subarray(-32)),
  );
  const about = { repository: PLACE, commit: HEAD, change: `${PLACE}/actions/runs/7`, run_id, ...map };
  await lake.put(
    'ci/shop',
    ...verdicts.map(([verdict, more], run_index) => ({
      record_type: 'decision' as const,
      ...{ run_index, policy_id: 'encrypted', rule_id: 'encrypted', subject_type: 'database' },
      ...{ subject_id: `db${run_index}`, verdict, severity: 'high' as const },
      disposition: verdict === 'fail' ? ('enforced' as const) : ('none' as const),
      ...about,
      ...more,
      ...fields,
      details: {},
    })),
    {
      record_type: 'run' as const,
      run_total: verdicts.length + lost,
      details: { fail_on: 'high' },
      ...about,
      ...fields,
    },
  );
}

const pull = (fields: object = {}) => ({
  number: 7,
  html_url: `${PLACE}/pull/7`,
  title: 'Encrypt the database',
  merged_at: MERGED,
  merge_commit_sha: '2222222222222222222222222222222222222222',
  merged_by: { login: 'ada' },
  head: { sha: HEAD },
  base: { ref: 'main' },
  labels: [],
  ...fields,
});
const check = (conclusion: string, fields: object = {}) => ({
  name: 'exhibit',
  head_sha: HEAD,
  status: 'completed',
  conclusion,
  html_url: `${PLACE}/actions/runs/7/job/1`,
  ...fields,
});
const PROTECTION = {
  url: 'https://api.github.com/repos/example/shop/branches/main/protection',
  enforce_admins: { enabled: false },
};

async function imported(values: unknown, ...flags: string[]) {
  writeFileSync(join(machine.folder, 'events.json'), JSON.stringify(values));
  const { code, stdout, stderr } = await machine.run(
    ...['merges', 'import', 'github', '--repository', 'github.com/example/shop', '-o', 'json'],
    ...['--evidence', lake.folder, '--file', 'events.json', ...flags],
  );
  return { code, stderr, document: JSON.parse(stdout === '' ? '{}' : stdout) as MergesDocument };
}
const ALL = [pull(), check('success'), PROTECTION];

async function verdictOf(values: unknown = ALL, ...flags: string[]) {
  const { document } = await imported(values, ...flags);
  return document.changes.map(({ verdict, kind }) => kind ?? verdict);
}

describe('exhibit merges import: a run of the gate before the merge', () => {
  it('lets a change pass, and says how many were looked at and who vouches for the run', async () => {
    await gate('2026-03-02T11:00:00.000Z');
    const { code, document } = await imported(ALL);
    expect(code).toBe(0);
    expect(document).toMatchObject({ looked_at: 1, gated: 1, gated_verified: 0, bypassed: 0, unread: [] });
    expect(document.changes[0]?.run?.level).toBe('none');
    expect(await verdictOf(ALL, '--require-verified')).toEqual(['no_run']);
  });

  it('counts a run whose emitter an issuer vouches for as verified', async () => {
    const issuer = 'https://token.actions.githubusercontent.com';
    await gate('2026-03-02T11:00:00.000Z', [['pass']], { actor_verified_by: issuer });
    const { document } = await imported(ALL, '--require-verified');
    expect(document).toMatchObject({ gated: 1, gated_verified: 1 });
  });

  it('is found by the address of the pipeline where the run was of a merge of the host', async () => {
    await gate('2026-03-02T11:00:00.000Z', [['pass']], {
      commit: '3333333333333333333333333333333333333333',
    });
    expect(await verdictOf()).toEqual(['pass']);
    expect(await verdictOf([pull(), PROTECTION])).toEqual(['no_run']);
  });

  it('is not found by an address that an app wrote into a check of its own', async () => {
    await gate('2026-03-02T11:00:00.000Z', [['pass']], { commit: 'f'.repeat(40) });
    const address = { details_url: `${PLACE}/actions/runs/7/job/1`, html_url: `${PLACE}/runs/12` };
    const by = (slug: string) =>
      verdictOf([pull(), check('success', { ...address, app: { slug } }), PROTECTION]);
    expect(await by('exhibit-gate')).toEqual(['no_run']);
    expect(await by('github-actions')).toEqual(['pass']);
  });

  it.each<[string, () => Promise<void>, string]>([
    ['there is none', async () => undefined, 'no_run'],
    ['it was recorded after the merge', () => gate('2026-03-02T12:00:00.001Z'), 'late_run'],
    [
      'it says an earlier time than the ledger',
      () => gate('2026-03-02T12:30:00.000Z', [['pass']], { observed_at: '2026-03-02T11:00:00.000Z' }),
      'late_run',
    ],
    [
      'it is of another repository',
      () => gate('2026-03-02T11:00:00.000Z', [['pass']], { repository: 'https://github.com/example/other' }),
      'no_run',
    ],
    [
      'it is of another commit',
      () =>
        gate('2026-03-02T11:00:00.000Z', [['pass']], {
          commit: 'f'.repeat(40),
          change: `${PLACE}/actions/runs/8`,
        }),
      'no_run',
    ],
    [
      'it is of another layer',
      () => gate('2026-03-02T11:00:00.000Z', [['pass']], { layer: 'pre-commit' }),
      'no_run',
    ],
    [
      'it is a simulation',
      () => gate('2026-03-02T11:00:00.000Z', [['pass']], { ext: '{"simulated":true}' }),
      'no_run',
    ],
    [
      'it is advisory',
      () => gate('2026-03-02T11:00:00.000Z', [['pass']], { details: { advisory: { exit_code: 1 } } }),
      'advisory_run',
    ],
    [
      'it blocks at no severity',
      () => gate('2026-03-02T11:00:00.000Z', [['fail']], { details: { fail_on: 'none' } }),
      'advisory_run',
    ],
    ['it fails', () => gate('2026-03-02T11:00:00.000Z', [['pass'], ['fail']]), 'failing_run'],
    ['it has an error', () => gate('2026-03-02T11:00:00.000Z', [['pass'], ['error']]), 'incomplete_run'],
    ['it judged nothing', () => gate('2026-03-02T11:00:00.000Z', []), 'incomplete_run'],
    ['a decision of it is lost', () => gate('2026-03-02T11:00:00.000Z', [['pass']], {}, 1), 'incomplete_run'],
  ])('does not count when %s', async (_, record, kind) => {
    await record();
    expect(await verdictOf()).toEqual([kind]);
  });

  it('may fail below the severity at which the gate blocks, or be waived', async () => {
    await gate('2026-03-02T11:00:00.000Z', [['pass'], ['fail', { severity: 'low' }]]);
    expect(await verdictOf()).toEqual(['pass']);
  });

  it('is not asked for before the log began', async () => {
    const { code, document } = await imported([pull({ merged_at: '2026-03-01T12:00:00Z' }), PROTECTION]);
    expect([code, document.unknown, document.bypassed]).toEqual([3, 1, 0]);
  });
});

describe('exhibit merges import: how a change came past', () => {
  it('names skipped checks, labels, messages and an administrator', async () => {
    const skipped = check('skipped');
    const commit = { sha: HEAD, commit: { message: 'Hurry\n\nskip-checks: true' } };
    const labels = [{ name: 'skip-ci' }, { name: 'bug' }, { name: 'hotfix' }];
    const override = {
      action: 'protected_branch.policy_override',
      '@timestamp': Date.parse(MERGED),
      actor: 'ada',
      repo: 'example/shop',
      branch: 'refs/heads/main',
    };
    const { code, document } = await imported(
      [commit, pull({ labels }), skipped, PROTECTION, override],
      ...['--skip-label', 'hotfix'],
    );
    expect(code).toBe(1);
    expect(document.changes).toMatchObject([{ kind: 'skipped_run' }]);
    expect(document.changes[0]?.causes.map(({ cause, text }) => `${cause} ${text}`)).toEqual([
      'label skip-ci',
      'label hotfix',
      'commit_message skip-checks: true',
      'administrator protection passed over at 2026-03-02T12:00:00.000Z',
    ]);
  });

  it('an administrator who passed over the protection is a bypass also after a clean run, or without a change', async () => {
    await gate('2026-03-02T11:00:00.000Z');
    const at = (time: string) => ({
      action: 'protected_branch.policy_override',
      created_at: Date.parse(time),
      actor: 'ada',
      repo: 'example/shop',
      branch: 'main',
    });
    expect(await verdictOf([...ALL, at(MERGED), at('2026-03-02T18:00:00Z')])).toEqual([
      'administrator',
      'administrator',
    ]);
  });

  it('a ruleset that was passed over is known by its evaluation, for no audit event says it', async () => {
    await gate('2026-03-02T11:00:00.000Z');
    // As in https://docs.github.com/rest/repos/rule-suites.
    const suite = (result: string, after_sha: string, fields: object = {}) => ({
      ...{ id: 21, actor_id: 12, actor_name: 'ada', before_sha: '0'.repeat(40), after_sha },
      ...{ ref: 'refs/heads/main', repository_id: 404, repository_name: 'shop' },
      ...{ pushed_at: '2026-03-02T12:00:01Z', result, evaluation_result: 'fail', ...fields },
    });
    const merge = '2'.repeat(40);
    expect(await verdictOf([...ALL, suite('pass', merge)])).toEqual(['pass']);
    expect(await verdictOf([...ALL, suite('bypass', merge)])).toEqual(['administrator']);
    // A push that belongs to no change; one of another repository; a tag.
    const { document } = await imported([
      ...ALL,
      suite('bypass', '3'.repeat(40)),
      suite('bypass', '4'.repeat(40), { repository_name: 'other' }),
      suite('bypass', '5'.repeat(40), { ref: 'refs/tags/v1' }),
    ]);
    expect(document.changes.map(({ url, kind, verdict }) => [url, kind ?? verdict])).toEqual([
      [`${PLACE}/pull/7`, 'pass'],
      [`${PLACE}/commit/${'3'.repeat(40)}`, 'administrator'],
    ]);
    // GitHub has no such event: it is some event, and says nothing of a bypass.
    const event = {
      action: 'repository_ruleset.bypass',
      created_at: Date.parse(MERGED),
      repo: 'example/shop',
    };
    expect(await verdictOf([...ALL, event])).toEqual(['pass']);
  });

  it('is an override without owner and dates, with a reference for the person; the figures count it', async () => {
    await gate('2026-03-02T11:00:00.000Z', [['pass'], ['fail']]);
    const { code } = await imported(ALL);
    expect(code).toBe(1);
    // Again: the same records, which the ledger has already.
    await imported(ALL);
    const reader = await openReader(lake.folder);
    const asked = async (name: string) => {
      const { columns, rows } = await query(reader, { name });
      return rows.map((row) => Object.fromEntries(columns.map((column, at) => [column.name, row[at]])));
    };
    expect(await asked('bypasses')).toMatchObject([
      {
        kind: 'failing_run',
        repository: 'github.com/example/shop',
        change: `${PLACE}/pull/7`,
        merged_at: '2026-03-02T12:00:00.000Z',
        details: expect.stringContaining('"policies":["encrypted"]'),
        actor: expect.stringMatching(/^actor:[0-9a-f]{24}$/),
      },
    ]);
    expect(await asked('changes-without-run')).toMatchObject([{ kind: 'failing_run', verdict: 'fail' }]);
    expect(await asked('changes-looked-at')).toMatchObject([
      { changes: 1, gated: 0, bypassed: 1, unknown: 0 },
    ]);
    expect(await asked('overrides-in-force')).toMatchObject([
      { override_id: 'bypass:github.com/example/shop#7', owner: null, register: 'registered without dates' },
    ]);
    expect(await asked('incomplete-runs')).toEqual([]);
    await reader.close();
  });
});

describe('exhibit merges import: what is looked at', () => {
  it('leaves nothing out in silence', async () => {
    await gate('2026-03-02T11:00:00.000Z');
    const values = [
      pull(),
      check('success'),
      PROTECTION,
      pull({ number: 8, html_url: `${PLACE}/pull/8`, merged_at: null }),
      pull({ number: 9, html_url: `${PLACE}/pull/9`, base: { ref: 'topic' } }),
      pull({ number: 1, html_url: 'https://github.com/example/other/pull/1' }),
      { something: 'else' },
    ];
    const { code, document } = await imported(values);
    expect(code).toBe(3);
    expect(document.looked_at).toBe(1);
    expect(document.not_looked_at).toEqual([
      { reason: 'into a branch that is not protected', count: 1 },
      { reason: 'of another repository (github.com/example/other)', count: 1 },
    ]);
    expect(document.unread).toEqual([
      expect.stringContaining('1 values are not understood, the first at index 6'),
    ]);
  });

  it('says that nobody said which branches are protected', async () => {
    await gate('2026-03-02T11:00:00.000Z');
    const { code, document } = await imported([pull(), check('success')]);
    expect([code, document.gated]).toEqual([3, 1]);
    expect(document.unread[0]).toContain('every merged change was looked at');
  });

  it('names file and line of what is not JSON', async () => {
    writeFileSync(join(machine.folder, 'bad.json'), '{"a": 1}\n{"b": \n');
    const { code, stderr } = await machine.run(
      ...['merges', 'import', 'github', '--repository', 'github.com/example/shop'],
      ...['--evidence', lake.folder, '--file', 'bad.json'],
    );
    expect(code).toBe(3);
    expect(stderr).toContain('bad.json:2');
  });
});
