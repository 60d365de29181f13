import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Machine } from '../../../src/cli/testing/program.ts';
import type { Fixture, InForce } from '../../../src/lake/testing/fixture.ts';
import { initLedger, openLedger } from '../../../src/ledger/index.ts';
import { commitAll, FIXTURE, writeFixture } from '../../../src/policy/testing/fixture.ts';
import { uuidv7 } from '../../../src/record/index.ts';
import type { Family } from '../attack.ts';
import { closed, closeLakes, lakeOf, ordinary, wordsOf } from '../stage/lake.ts';
import { clock, random, record } from '../stage/log.ts';
import { file, place } from '../stage/tools.ts';

const GAPS = 'exhibit gaps --evidence FOLDER --from 2026-03-01 --to 2026-03-01';
const REPOSITORY = 'github.com/example/shop';
const COMMIT = '1'.repeat(40);

/** Ten records of an emitter, acknowledged and not sealed. */
async function waiting(): Promise<string> {
  const folder = place();
  await initLedger(folder, { origin: 'attacks.example.com/waiting', random, clock });
  const ledger = await openLedger(folder, { clock, random });
  for (let n = 0; n < 10; n += 1) await ledger.append('gate', [record(n, { emitter: 'gate' })]);
  await ledger.close();
  return folder;
}

/** Records of an emitter that numbers them itself: these numbers arrive. */
const numbered =
  (...numbers: number[]) =>
  async (lake: Fixture) => {
    await ordinary(lake);
    await lake.ledger.appendNumbered(
      numbers.map((sequence) => ({ ...record(sequence, { emitter: 'scanner' }, lake.clock()), sequence })),
    );
    await lake.ledger.seal();
  };

/** A run of the gate with one decision, which says how many it made. */
async function run(lake: Fixture, map: InForce, run_total: number): Promise<void> {
  const run_id = uuidv7(lake.clock(), random);
  const about = { run_id, repository: `https://${REPOSITORY}`, commit: COMMIT, ...map };
  await lake.put(
    'ci/shop',
    {
      ...{ record_type: 'decision', run_index: 0, policy_id: 'encrypted', rule_id: 'encrypted' },
      ...{ subject_type: 'database', subject_id: 'db1', verdict: 'pass', disposition: 'none' },
      ...{ severity: 'high', details: {}, ...about },
    },
    { record_type: 'run', run_total, details: { fail_on: 'high' }, ...about },
  );
}

/** A gate that is to run each day, and did on these. */
async function ranOn(...days: string[]): Promise<{ FOLDER: string }> {
  const machine = new Machine('2026-11-10T12:00:00Z');
  const daily = Object.keys(FIXTURE).find((name) => FIXTURE[name]?.includes('cadence: P1D')) ?? '';
  const expected =
    'emitters:\n  - {name: "gate", owner: platform@example.com, cadence: P1D, since: 2026-11-10}\n';
  const repository = await writeFixture({
    '.gitignore': '/.exhibit/\n',
    'overrides/bad.yaml': undefined,
    'exhibit.yaml': `${FIXTURE['exhibit.yaml']}${expected}`,
    [daily]: FIXTURE[daily]?.replace('cadence: P1D', 'cadence: change'),
  });
  await commitAll(repository);
  const built = join(repository, '.exhibit');
  const boxes = file('boxes.json', '{"boxes": [{"id": "box/1", "sealed": true}]}');
  const bundle = [
    '--bundle',
    join(built, 'bundle.tar.gz'),
    '--bundle-key',
    join(built, 'keys/bundle.pub.pem'),
  ];
  const done = async (...args: string[]) => {
    const { code, stderr } = await machine.run(...args);
    if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  };
  await done('policy', 'build', repository);
  await done('policy', 'sign', repository);
  await done('ledger', 'init', 'evidence');
  for (const day of days) {
    machine.at(`${day}T12:00:00Z`);
    await done('check', boxes, ...bundle, '--evidence', 'evidence', '--emitter', 'gate');
  }
  return { FOLDER: join(machine.folder, 'evidence') };
}

export const completeness: Family = {
  name: 'completeness',
  title: 'What is not in the log',
  close: closeLakes,
  attacks: [
    {
      id: '7a',
      attack: 'remove a record between its acknowledgement and its seal',
      opponent: 'insider',
      does: 'removes the write-ahead log that waits',
      seen: [
        { command: 'exhibit ledger verify FOLDER', exit: 0, says: ['GAP', 'gate 0 to 9'] },
        { command: 'exhibit ledger status FOLDER', exit: 0, says: ['GAP', 'gate 0 to 9'] },
      ],
      remains:
        'It looks like a crash that cut the writing off, and who can remove the file can change `emitters.db`. An emitter that numbers its own records, 7b, cannot be hidden so. Seal often.',
      async perform() {
        const honest = await waiting();
        const attacked = await waiting();
        for (const name of readdirSync(join(attacked, 'wal'))) rmSync(join(attacked, 'wal', name));
        return { attacked: { FOLDER: attacked }, honest: { FOLDER: honest } };
      },
    },
    {
      id: '7b',
      attack: 'lose records between the gate and the log',
      opponent: 'insider',
      does: 'lets records 3 to 5 of an emitter not through',
      seen: [{ command: GAPS, exit: 1, honest: 3, says: ['scanner', '3 to 5'] }],
      remains: 'The newest records of an emitter that sends nothing more: 8b is what shows its silence.',
      async perform() {
        const attacked = await closed(numbered(0, 1, 2, 6, 7));
        const honest = await closed(numbered(0, 1, 2, 3, 4, 5, 6, 7));
        return { attacked: await wordsOf(attacked.folder), honest: await wordsOf(honest.folder) };
      },
    },
    {
      id: '8a',
      attack: 'leave decisions out of a run',
      opponent: 'emitter',
      does: 'judges three subjects, and sends the one that passed',
      seen: [{ command: GAPS, exit: 1, honest: 3, says: ['ci/shop', '1 of 3'] }],
      remains: 'A gate that lies about how many it judged.',
      async perform() {
        const attacked = await closed(async (lake) => run(lake, await ordinary(lake), 3));
        const honest = await closed(async (lake) => run(lake, await ordinary(lake), 1));
        return { attacked: await wordsOf(attacked.folder), honest: await wordsOf(honest.folder) };
      },
    },
    {
      id: '8b',
      attack: 'leave runs out',
      opponent: 'operator',
      does: 'lets the daily gate not run on the day on which it would fail',
      seen: [
        {
          command: 'exhibit gaps --evidence FOLDER --from 2026-11-10T12:00:00Z --to 2026-11-12T12:00:00Z',
          exit: 1,
          says: ['gate', '2026-11-11T14:24:00.000Z'],
        },
      ],
      remains:
        'An emitter that nobody wrote down as expected: `exhibit gaps` lists those that send without being expected, not those that do neither.',
      async perform() {
        return {
          attacked: await ranOn('2026-11-10', '2026-11-12'),
          honest: await ranOn('2026-11-10', '2026-11-11', '2026-11-12'),
        };
      },
    },
    {
      id: '8c',
      attack: 'merge a change past the gate',
      opponent: 'operator',
      does: 'merges a commit that no run judged',
      seen: [
        {
          command: `exhibit merges import github --repository ${REPOSITORY} --evidence FOLDER --file MERGES`,
          exit: 1,
          says: ['no_run', 'pull/7'],
        },
      ],
      remains: 'The list of changes comes from the code host: who can hide a merge there hides it here.',
      async perform() {
        const MERGES = file(
          'merges.json',
          JSON.stringify([
            {
              ...{ number: 7, html_url: `https://${REPOSITORY}/pull/7`, title: 'A change', labels: [] },
              ...{ merged_at: '2026-03-02T12:00:00Z', merged_by: { login: 'ada' } },
              ...{ head: { sha: COMMIT }, base: { ref: 'main' } },
            },
            {
              url: 'https://api.github.com/repos/example/shop/branches/main/protection',
              enforce_admins: { enabled: true },
            },
          ]),
        );
        const attacked = await lakeOf(ordinary);
        const honest = await lakeOf(async (lake) => run(lake, await ordinary(lake), 1));
        return {
          attacked: { ...(await wordsOf(attacked.folder)), MERGES },
          honest: { ...(await wordsOf(honest.folder)), MERGES },
        };
      },
    },
    {
      id: '8d',
      attack: 'never call the gate, where nothing else knows of it',
      opponent: 'operator',
      does: 'keeps a system out of all sources: no repository, no cluster, no account that anybody compares with',
      blind: [{ command: GAPS, exit: 3, says: ['no emitter is expected'] }],
      seen: [],
      remains:
        'Not defended: no log shows what was never brought to it. Exit code 3 says that nothing was expected; it is never 0.',
      async perform() {
        const words = await wordsOf((await closed()).folder);
        return { attacked: words, honest: words };
      },
    },
  ],
};
