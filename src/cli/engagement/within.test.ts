import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engagementActs, sourceHere } from '../../audit/index.ts';
import { openReader } from '../../ledger/index.ts';
import { type Digest, parseRecord } from '../../record/index.ts';
import { type ThreeDays, threeDays } from './testing/three-days.ts';

let days: ThreeDays;
let id: string;
beforeEach(async () => {
  days = await threeDays();
  id = await days.open();
});
afterEach(() => days.remove());

const run = (...args: string[]) => days.run(...args, '--engagement', id);
async function acts() {
  const reader = await openReader(days.folder);
  const all = await engagementActs(sourceHere(reader));
  await reader.close();
  return all.filter(({ engagement }) => engagement === id).map(({ kind, details }) => ({ kind, details }));
}
const last = async () => (await acts()).at(-1);

/** Every command that takes an engagement, with what it needs beside. */
const COMMANDS: Record<string, string[]> = {
  query: ['query', 'verdicts-by-day', '--control', 'cc6.1'],
  population: ['population', '--control', 'cc6.1'],
  sample: ['sample', 'draw', '--control', 'cc6.1', '--nonce', '0123456789abcdef'],
  'sample list': ['sample', 'list'],
  replay: ['replay', '--all'],
  report: ['report', 'framework', '-o', 'json'],
  methodology: ['methodology', '-o', 'json'],
  gaps: ['gaps'],
  'honest-test': ['honest-test'],
  'manual list': ['manual', 'list'],
};

describe('--engagement', () => {
  it.each(Object.entries(COMMANDS))(
    'gives %s framework and period, and puts it on the record of the engagement once',
    async (_name, args) => {
      const before = (await acts()).length;
      const { stderr, stdout } = await run(...args);
      expect(stderr).not.toMatch(/error /);
      expect(stdout).not.toBe('');
      expect(await acts()).toHaveLength(before + 1);
    },
    120_000,
  );

  it.each(Object.entries(COMMANDS))(
    'is refused by %s where it reaches outside, or is over',
    async (_name, args) => {
      const outside = [
        ['--to', '2026-10-04'],
        ['--from', '2026-09-30'],
        ...(args.includes('--control') || /^(gaps|honest)/.test(args[0] ?? '')
          ? []
          : [['--framework', 'iso27001']]),
      ];
      for (const more of outside) {
        if (args[0] === 'manual' && more[0] !== '--framework') continue;
        const { code, stderr, stdout } = await run(...args, ...more);
        expect({ more, code, stdout }).toEqual({ more, code: 4, stdout: '' });
        expect(stderr).toContain('ENGAGEMENT_SCOPE');
      }
      days.machine.at('2027-01-01T00:00:00Z');
      const late = await run(...args);
      expect(late.code).toBe(4);
      expect(late.stderr).toContain('ENGAGEMENT_OVER');
    },
  );

  it('lets a part of the period be asked for', async () => {
    const { code, stdout } = await run(
      'query',
      'verdicts-by-day',
      '--control',
      'soc2/cc6.1',
      '--from',
      '2026-10-02',
      '-o',
      'json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout).query.parameters).toMatchObject({ from: '2026-10-02', to: '2026-10-03' });
    expect(await last()).toMatchObject({ kind: 'read', details: { what: 'the question verdicts-by-day' } });
  });

  it('lets SQL see the rows of the framework and the period alone', async () => {
    const sql = 'SELECT framework, control, count(*) AS n FROM evidence GROUP BY 1, 2 ORDER BY 1, 2';
    const { stdout } = await run('query', '--sql', sql, '-o', 'json');
    // Counted by hand: 4 October, and the control of iso27001, are outside.
    expect(JSON.parse(stdout).rows).toEqual([
      ['soc2', 'cc6.1', 5],
      ['soc2', 'cc7.2', 2],
    ]);
    expect((await run('query', '--sql', 'SELECT count(*) AS n FROM fact')).stderr).toContain('QUERY_INVALID');
    expect(await last()).toMatchObject({ details: { text: 'SELECT count(*) AS n FROM fact' } });
  });

  it('is in the record of an answer that is saved, and only such an answer is asked again in it', async () => {
    const saved = await run('query', 'verdicts-by-day', '--control', 'cc6.1', '--save', 'mine', '-o', 'json');
    expect(await last()).toMatchObject({
      kind: 'query saved',
      details: { engagement: id, framework: 'soc2' },
    });
    const again = await run('query', '--rerun', JSON.parse(saved.stdout).saved.record_id);
    expect(again.code).toBe(0);
    const other = await days.run(
      'query',
      'verdicts-by-day',
      '--control',
      'iso27001/a.5.9',
      '--save',
      'theirs',
      '-o',
      'json',
    );
    const refused = await run('query', '--rerun', JSON.parse(other.stdout).saved.record_id);
    expect(`${refused.code} ${refused.stderr}`).toContain('4 error ENGAGEMENT_SCOPE');
  });

  it('does not let a policy or a record of another framework in', async () => {
    const policy = await run('population', '--policy', 'named');
    expect(`${policy.code} ${policy.stderr}`).toContain('4 error ENGAGEMENT_SCOPE');
    expect((await run('population', '--policy', 'sealed')).stdout).toContain('policy sealed');
    const found = await days.run(
      'query',
      '--sql',
      "SELECT record_id FROM fact WHERE policy_id = 'named'",
      '-o',
      'json',
    );
    const [[record]] = JSON.parse(found.stdout).rows;
    const replayed = await run('replay', record);
    expect(`${replayed.code} ${replayed.stderr}`).toContain('4 error ENGAGEMENT_SCOPE');
  });

  it('has every record on its record that was asked for, however many, before any is shown', async () => {
    const uuid = (at: number) => `019c5d0e-7c1f-7a3b-8000-${String(at).padStart(12, '0')}`;
    const all = Array.from({ length: 1_000 }, (_, at) => uuid(at));
    const some = all.slice(0, 150);
    await run('replay', ...some);
    expect(await last()).toMatchObject({ kind: 'read', details: { records: some, records_count: 150 } });
    await run('replay', ...all);
    const { details } = (await last()) ?? {};
    expect(details).toMatchObject({ records_count: 1_000, log: { size: expect.any(Number) } });
    const reader = await openReader(days.folder);
    const list = await reader.blob(details?.records_ref as Digest);
    await reader.close();
    expect(JSON.parse(Buffer.from(list).toString())).toEqual(all);
  });

  it('has on its record by what a list of decisions was selected, and of which log', async () => {
    const reader = await openReader(days.folder);
    const { size, root } = await reader.checkpoint();
    await reader.close();
    await run('replay', '--control', 'cc6.1', '--from', '2026-10-02', '--limit', '2', '--record');
    const [read, result] = (await acts()).slice(-2);
    expect(read?.details).toMatchObject({
      ...{ framework: 'soc2', control: 'cc6.1', from: '2026-10-02', to: '2026-10-03', limit: 2 },
      log: { size, root },
    });
    expect(result).toMatchObject({ kind: 'decisions replayed', details: { read: expect.any(String) } });
  });

  it('shows nothing of a list of records of which one is not of its framework', async () => {
    const sql = (policy: string) => `SELECT min(record_id) FROM fact WHERE policy_id = '${policy}'`;
    const ask = async (policy: string) =>
      JSON.parse((await days.run('query', '--sql', sql(policy), '-o', 'json')).stdout).rows[0][0] as string;
    const [own, other] = [await ask('sealed'), await ask('named')];
    expect((await run('replay', own)).stdout).toContain(own);
    const refused = await run('replay', own, other);
    expect(`${refused.code} ${refused.stderr}`).toContain('4 error ENGAGEMENT_SCOPE');
    expect(refused.stdout).not.toContain(own);
  });

  it('leaves out what may be of another framework, and is not complete then', async () => {
    const reader = await openReader(days.folder);
    let map: string | undefined;
    for await (const { bytes } of reader.entries(0, (await reader.checkpoint()).size))
      map ??= parseRecord(bytes).control_map_digest;
    await reader.close();
    const hex = (map ?? '').slice('sha256:'.length);
    rmSync(join(days.folder, 'blobs', 'sha256', hex.slice(0, 2), hex.slice(2)));
    const { code, stdout } = await run('replay', '--all', '-o', 'json');
    const { results, population } = JSON.parse(stdout);
    expect({ code, results }).toEqual({ code: 3, results: [] });
    expect(population.unknown).toBeGreaterThan(0);
  });

  it('says on a copy that cannot be written that the read is not on record, and answers', async () => {
    rmSync(join(days.folder, 'keys', 'signer.key'));
    const { code, stderr, stdout } = await run('population', '--control', 'cc6.1');
    expect(code).toBe(3);
    expect(stderr).toContain('NOT on record');
    expect(stdout).toContain('soc2/cc6.1');
  });

  it('makes the honest test see that the auditor asked, and not the team', async () => {
    const auditor = async () => {
      const { stdout } = await days.run(
        'honest-test',
        '--from',
        '2026-10-01',
        '--to',
        '2026-10-10',
        '-o',
        'json',
      );
      const { answers } = JSON.parse(stdout) as {
        answers: { question: string; answer: string; rests_on: object[] }[];
      };
      return answers.find(({ question }) => question === 'auditor');
    };
    await days.run('engagement', 'answer', id);
    expect(await auditor()).toMatchObject({ answer: 'not_shown', counts: { by_the_team: 1 } });
    await days.run('engagement', 'answer', id, '--as', 'Ada');
    expect(await auditor()).toMatchObject({
      answer: 'yes',
      counts: { reads: 1, identity_proven: 0, by_the_team: 1 },
      rests_on: [{ record_id: expect.any(String), says: expect.stringContaining(id) }],
    });
    // The period was over when the auditor came: of the engagement itself later reads count, too.
    const within = await run('honest-test', '--as', 'Ada', '-o', 'json');
    const { answers } = JSON.parse(within.stdout) as { answers: { question: string }[] };
    // Its own run is on the record, and shows nothing about other reads.
    expect(answers.find(({ question }) => question === 'auditor')).toMatchObject({
      answer: 'yes',
      counts: { reads: 1 },
    });
  });
});
