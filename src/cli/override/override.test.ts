import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { commitAll, writeFixture } from '../../policy/testing/fixture.ts';
import { main } from '../main.ts';
import { overrideReportSchema } from './report-schema.ts';

const NOW = Date.parse('2026-06-15T10:00:00Z');
let folder: string;

async function exhibit(...argv: string[]) {
  const said = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof said) => ({
    write: (text: string) => {
      said[name] += text;
    },
    isTTY: false,
    // Wide enough that no message is broken into lines.
    columns: 2_000,
  });
  const code = await main(argv, {
    env: { ...process.env, CI: '', EXHIBIT_STATE: join(folder, '.state') },
    cwd: folder,
    clock: () => NOW,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
  });
  return { code, ...said };
}

beforeEach(async () => {
  folder = await writeFixture({
    'overrides/bad.yaml': undefined,
    '.gitignore': '/.exhibit/\n/.state/\n/*.json\n',
  });
});

const REASON = 'The press that seals it is mended next week.';
const ASKED = [
  '--policy',
  'box-sealed',
  '--owner',
  'ada@example.com',
  '--reason',
  REASON,
  '--ticket',
  'https://github.com/example/boxes/issues/7',
];
const read = (file: string) => parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>;

/** Judges two boxes with the repository's own bundle. */
async function judged(): Promise<string> {
  await commitAll(folder);
  for (const verb of ['build', 'sign']) expect(await exhibit('policy', verb, '.')).toMatchObject({ code: 0 });
  writeFileSync(
    join(folder, 'boxes.json'),
    JSON.stringify({ boxes: [{ id: 'a' }, { id: 'b', sealed: true }, { id: 'c' }] }),
  );
  const { stdout } = await exhibit('check', 'boxes.json', '-o', 'json');
  writeFileSync(join(folder, 'report.json'), stdout);
  return stdout;
}

// Each command asks the real opa about the repository, several times.
describe('exhibit override request', { timeout: 300_000 }, () => {
  it('writes a file that applies once somebody else approves it', async () => {
    const { code, stdout, stderr } = await exhibit('override', 'request', '.', ...ASKED, '--subject', 'a');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'overrides/box-sealed-7.yaml\n' });
    expect(stderr).toContain('exhibit override approve box-sealed-7');
    expect(read('overrides/box-sealed-7.yaml')).toEqual({
      id: 'box-sealed-7',
      policy: 'box-sealed',
      scope: { subjects: ['a'] },
      owner: 'ada@example.com',
      reason: REASON,
      ticket: 'https://github.com/example/boxes/issues/7',
      created: '2026-06-15',
      // 30 days with the first: the usual proposal.
      sunset: '2026-07-14',
    });
    expect((await exhibit('override', 'lint', '.')).stdout).toContain('approver is missing');
    expect(
      (await exhibit('override', 'approve', 'box-seald-7', '.', '--approver', 'grace@example.com')).stderr,
    ).toContain('Is box-sealed-7 meant?');
    expect(
      await exhibit('override', 'approve', 'box-sealed-7', '.', '--approver', 'Ada <ada@example.com>'),
    ).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('its approver is its owner'),
    });
    expect(
      await exhibit('override', 'approve', 'box-sealed-7', '.', '--approver', 'grace@example.com'),
    ).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('box-sealed-7 approved by grace@example.com'),
    });
    expect((await exhibit('override', 'lint', '.')).code).toBe(0);
    const bytes = await exhibit('override', 'approve', 'box-sealed-7', '.', '--bytes');
    expect(JSON.parse(bytes.stdout)).toEqual({
      schema: 'exhibit.approval/1',
      repository: 'fixture',
      override: read('overrides/box-sealed-7.yaml'),
    });
  });

  it('proposes the fails of a report as its scope, and says how many it matches', async () => {
    await judged();
    const { code, stderr } = await exhibit(
      'override',
      'request',
      '.',
      '--from',
      'report.json',
      ...ASKED.slice(2),
    );
    expect(code).toBe(0);
    expect(stderr).toContain('Its scope matches 2 fails of the report.');
    expect(read('overrides/box-sealed-7.yaml')).toMatchObject({
      policy: 'box-sealed',
      scope: { subjects: ['a', 'c'] },
    });
    const wide = ['--from', 'report.json', ...ASKED, '--subject', '?', '--id', 'wide'];
    expect(await exhibit('override', 'request', '.', ...wide)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('matches no fail of box-sealed in the report'),
    });
    const others = [
      '--from',
      'report.json',
      ...ASKED,
      '--subject',
      '*',
      '--file',
      'boxes.*',
      '--id',
      'others',
    ];
    expect((await exhibit('override', 'request', '.', ...others)).stderr).toContain(
      'Its scope matches 2 fails of the report, and 1 that did not fail.',
    );
  });

  it.each([
    [['--subject', '**'], 'its scope matches everything'],
    [['--subject', '*', '--type', '**'], 'its scope matches everything'],
    [['--subject', 'a', '--sunset', '2026-06-14'], 'lies before'],
    [['--subject', 'a', '--sunset', '2026-06-15T09:00:00Z'], 'is past'],
    [['--subject', 'a', '--sunset', '2026-07-01T10:00:00'], 'sunset is not a date'],
    [['--subject', 'a', '--sunset', 'soon'], 'sunset is not a date'],
    [['--subject', 'a', '--sunset', '2027-06-16'], 'is longer than the 365 days'],
    [['--subject', 'a', '--approver', 'ADA@example.com'], 'its approver is its owner'],
    [['--subject', 'a', '--reason', 'because'], 'reason'],
    [['--subject', 'a', '--ticket', 'BOX-7'], 'ticket'],
    [['--subject', 'a', '--id', 'OV-1'], 'the id OV-1 is taken'],
    [
      ['--subject', 'a', '--policy', 'box-seald'],
      'there is no policy box-seald\n  next: Is box-sealed meant?',
    ],
    [['--subject', 'a', '--layer', 'production'], 'scope.layers'],
    [[], 'an option is missing: --subject (or --from with a report)'],
  ])('writes nothing that would not apply: %j', async (more, why) => {
    const before = execFileSync('ls', [join(folder, 'overrides')]).toString();
    expect(await exhibit('override', 'request', '.', ...ASKED, ...more)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(why),
    });
    expect(execFileSync('ls', [join(folder, 'overrides')]).toString()).toBe(before);
  });

  it('says at once all that is missing, where nobody can be asked', async () => {
    const { code, stderr } = await exhibit('override', 'request', '.', '--owner', 'ada@example.com');
    expect(code).toBe(2);
    expect(stderr).toContain(
      'options are missing: --policy, --subject (or --from with a report), --reason, --ticket\n  next: Give them all',
    );
  });

  it('never writes over a file', async () => {
    await exhibit('override', 'request', '.', ...ASKED, '--subject', 'a');
    const again = await exhibit('override', 'request', '.', ...ASKED, '--subject', 'a');
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('the id box-sealed-7 is taken') });
  });
});

describe('an override that names a repository', { timeout: 300_000 }, () => {
  it('is proposed from a report of that repository, and waives nothing in another', async () => {
    execFileSync('git', ['init', '--quiet'], { cwd: folder });
    const remote = (url: string) =>
      execFileSync('git', ['config', 'remote.origin.url', url], { cwd: folder });
    remote('git@github.com:example/shop.git');
    await judged();
    const asked = ['--from', 'report.json', ...ASKED, '--approver', 'grace@example.com'];
    expect(await exhibit('override', 'request', '.', ...asked)).toMatchObject({ code: 0 });
    expect(read('overrides/box-sealed-7.yaml')).toMatchObject({
      scope: { subjects: ['a', 'c'], repositories: ['github.com/example/shop'] },
    });
    await judged();
    const waived = async () => {
      const { stdout } = await exhibit('check', 'boxes.json', '-o', 'json');
      return (JSON.parse(stdout) as { summary: { waived: number } }).summary.waived;
    };
    expect(await waived()).toBe(2);
    remote('https://github.com/example/shop');
    expect(await waived()).toBe(2);
    remote('https://github.com/example/other');
    expect(await waived()).toBe(0);
  });
});

describe('exhibit override approve', { timeout: 300_000 }, () => {
  it('signs with a key of the approver, and refuses one of somebody else', async () => {
    const keys = mkdtempSync(join(tmpdir(), 'exhibit-keys-'));
    for (const name of ['grace', 'eve'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(keys, name)]);
    writeFileSync(
      join(folder, 'overrides', 'allowed_signers'),
      `grace@example.com ${readFileSync(join(keys, 'grace.pub'), 'utf8')}`,
    );
    writeFileSync(
      join(folder, 'exhibit.yaml'),
      'name: fixture\noverrides: {approval: [signature], longest_days: {high: 365}}\n',
    );
    await exhibit('override', 'request', '.', ...ASKED, '--subject', 'a');
    const approve = (...more: string[]) =>
      exhibit('override', 'approve', 'box-sealed-7', '.', '--approver', 'grace@example.com', ...more);
    expect(await approve()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no signature'),
    });
    expect(await approve('--key', join(keys, 'eve'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is no approval'),
    });
    expect(existsSync(join(folder, 'overrides', 'box-sealed-7.yaml.sig'))).toBe(false);
    expect(await approve('--key', join(keys, 'grace'))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('signed with SHA256:'),
    });
    const list = await exhibit('override', 'list', '.', '--json');
    const { overrides, rejected } = JSON.parse(list.stdout) as {
      overrides: { id: string }[];
      rejected: { reason: string }[];
    };
    expect(overrides).toMatchObject([{ id: 'box-sealed-7', approval: { by: 'signature' } }]);
    expect(rejected).toMatchObject([{ reason: expect.stringContaining('nobody approved it') }]);
    const file = join(folder, 'overrides', 'box-sealed-7.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('2026-07-14', '2026-07-15'));
    expect((await exhibit('override', 'lint', '.')).stdout).toContain('is no approval of this text');
  });
});

describe('exhibit override report', { timeout: 300_000 }, () => {
  it('counts, names what ends soon and who approved himself, and reports a policy once', async () => {
    const more = (id: string, sunset: string, approver = 'grace@example.com') => `id: ${id}
policy: box-sealed
scope: {subjects: [${id}]}
owner: ada@example.com
approver: ${approver}
reason: ${REASON}
ticket: https://tickets.example.org/${id}
created: 2026-06-01
sunset: ${sunset}
`;
    writeFileSync(
      join(folder, 'exhibit.yaml'),
      'name: fixture\noverrides: {many: {open: 3}, longest_days: {high: 365}}\n',
    );
    for (const [id, sunset, approver] of [
      ['a', '2026-06-20'],
      ['b', '2026-06-28'],
      ['c', '2026-06-10'],
      ['d', '2026-06-20', 'Ada@example.com'],
    ] as const)
      writeFileSync(join(folder, 'overrides', `${id}.yaml`), more(id, sunset, approver));
    const { code, stdout, stderr } = await exhibit('override', 'report', '.', '--write', '-o', 'json');
    expect(code).toBe(0);
    const report = overrideReportSchema.parse(JSON.parse(stdout));
    // OV-1 of the fixture: 2026-01-01 to 2026-12-31. On 15 June 10:00, 20 June ends in 5 days and b's 28 June in 13.
    expect(report).toMatchObject({
      counts: { in_force: 3, waiting: 0, expired: 1, rejected: 1, self_approved: 1 },
      ages: { up_to_7: 0, up_to_30: 2, up_to_90: 0, older: 1 },
      by_policy: [{ policy: 'box-sealed', in_force: 3 }],
      by_owner: [
        { owner: 'ada@example.com', in_force: 2 },
        { owner: 'Ada', in_force: 1 },
      ],
      expiring_7: ['a'],
      expiring_14: ['a', 'b'],
      unchecked_tickets: ['a', 'b', 'OV-1'],
      self_approved: ['d'],
      suspects: [{ policy: 'box-sealed', in_force: 3 }],
    });
    expect(stderr).toContain('wrote overrides/reports/box-sealed.md');
    const text = readFileSync(join(folder, 'overrides', 'reports', 'box-sealed.md'), 'utf8');
    expect(text).toContain('Policy box-sealed is waived too often');
    expect(text.match(/^\| (OV-1|a|b) \|/gm)).toHaveLength(3);
    expect((await exhibit('override', 'report', '.', '--write')).stderr).toBe('');
  });

  it('says from evidence what was used, what matched nothing, and what was met after its sunset', async () => {
    const file = (id: string, subject: string, sunset: string) => `id: ${id}
policy: box-sealed
scope: {subjects: [${subject}]}
owner: ada@example.com
approver: grace@example.com
reason: ${REASON}
ticket: https://tickets.example.org/${id}
created: 2026-06-01
sunset: ${sunset}
`;
    writeFileSync(join(folder, 'overrides', 'used.yaml'), file('used', 'a', '2026-06-30'));
    writeFileSync(join(folder, 'overrides', 'late.yaml'), file('late', 'c', '2026-06-14'));
    await exhibit('ledger', 'init', '.state/evidence', '--origin', `test.example.com/${Math.random()}`);
    await commitAll(folder);
    for (const verb of ['build', 'sign'])
      expect(await exhibit('policy', verb, '.')).toMatchObject({ code: 0 });
    writeFileSync(
      join(folder, 'boxes.json'),
      JSON.stringify({ boxes: [{ id: 'a' }, { id: 'b', sealed: true }, { id: 'c' }] }),
    );
    const check = await exhibit('check', 'boxes.json', '--evidence', '.state/evidence');
    expect(check.stdout).toContain('overrides that matched nothing here (orphans): OV-1');
    expect(check.stdout).toContain('past their sunset, with the fails that they would still match: late (1)');
    const { code, stdout } = await exhibit(
      'override',
      'report',
      '.',
      '--evidence',
      '.state/evidence',
      '-o',
      'json',
    );
    const { evidence, by_policy } = overrideReportSchema.parse(JSON.parse(stdout));
    expect(evidence).toMatchObject({
      from: '2026-06-15',
      to: '2026-06-15',
      // The day is not closed yet: what it holds was read from the log, and the answer says so.
      complete: false,
      gaps: [expect.stringContaining('2026-06-15')],
      uses: [{ id: 'used', policy: 'box-sealed', uses: 1 }],
      expired_matched: [{ id: 'late', matched: 1 }],
      orphans: ['OV-1'],
    });
    expect(by_policy).toEqual([{ policy: 'box-sealed', in_force: 2, uses: 1 }]);
    expect(code).toBe(3);
  });
});
