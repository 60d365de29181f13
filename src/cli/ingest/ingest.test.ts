import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openReader } from '../../ledger/index.ts';
import { commitAll, writeFixture } from '../../policy/testing/fixture.ts';
import type { EvidenceRecord } from '../../record/index.ts';
import { Machine } from '../testing/program.ts';
import { ingestSchema } from './report.ts';

const machine = new Machine('2026-11-18T12:00:00Z');
let bundle: string[];

const OVERRIDE = `id: OV-9
policy: checkov/CKV_AWS_20
scope:
  subjects: [aws_s3_bucket.logs]
owner: platform@example.com
approver: security@example.com
reason: The bucket holds public access logs of the mirror.
ticket: https://tracker.example.com/EX-9
created: 2026-11-01
sunset: 2026-11-30
compensating_control: Objects are checked for personal data each night.
`;

beforeAll(async () => {
  const repository = await writeFixture({
    '.gitignore': '/.exhibit/\n',
    'overrides/ok.yaml': undefined,
    'overrides/checkov.yaml': OVERRIDE,
  });
  await commitAll(repository);
  await done('policy', 'build', repository);
  await done('policy', 'sign', repository);
  const built = join(repository, '.exhibit');
  bundle = ['--bundle', join(built, 'bundle.tar.gz'), '--bundle-key', join(built, 'keys', 'bundle.pub.pem')];
}, 60_000);

async function done(...args: string[]): Promise<void> {
  const { code, stderr } = await machine.run(...args);
  expect(`${code} ${stderr}`).toMatch(/^0 /);
}

const check = (id: string, result: string, resource: string, more: object = {}) => ({
  check_id: id,
  check_name: `about ${id}`,
  check_result: { result, ...more },
  file_path: '/main.tf',
  file_line_range: [3, 9],
  resource,
});

const REPORT = {
  check_type: 'terraform',
  results: {
    passed_checks: [check('CKV_AWS_19', 'PASSED', 'aws_s3_bucket.logs')],
    failed_checks: [
      check('CKV_AWS_20', 'FAILED', 'aws_s3_bucket.logs'),
      check('CKV_AWS_20', 'FAILED', 'aws_s3_bucket.data'),
    ],
    skipped_checks: [
      check('CKV_AWS_18', 'SKIPPED', 'aws_s3_bucket.data', { suppress_comment: 'password=hunter2-hunter2' }),
    ],
    parsing_errors: [],
  },
  summary: {
    passed: 1,
    failed: 2,
    skipped: 1,
    parsing_errors: 0,
    resource_count: 2,
    checkov_version: '3.3.13',
  },
};

const write = (name: string, value: unknown) =>
  writeFileSync(join(machine.folder, name), typeof value === 'string' ? value : JSON.stringify(value));

let place = 0;
async function evidence(): Promise<string> {
  place += 1;
  const folder = `evidence-${place}`;
  await done('ledger', 'init', folder);
  return folder;
}

async function recordsOf(folder: string): Promise<EvidenceRecord[]> {
  const reader = await openReader(join(machine.folder, folder));
  const { size } = await reader.checkpoint();
  const records: EvidenceRecord[] = [];
  for (let index = 0; index < size; index += 1)
    records.push(JSON.parse(new TextDecoder().decode((await reader.entry(index)).bytes)));
  return records;
}

const ingest = async (folder: string, name: string, ...more: string[]) => {
  const ended = await machine.run(
    'ingest',
    'auto',
    name,
    ...bundle,
    '--evidence',
    folder,
    '-o',
    'json',
    ...more,
  );
  return { ...ended, report: ingestSchema.parse(JSON.parse(ended.stdout)) };
};

describe('a report of another tool', () => {
  it('becomes one decision a result, and a run that states how many', async () => {
    const folder = await evidence();
    write('report.json', REPORT);
    const { code, report } = await ingest(folder, 'report.json');
    expect(code).toBe(0);
    expect(report.reports[0]).toMatchObject({
      format: 'checkov-json',
      tool_version: '3.3.13',
      population: 'all',
      decisions: 4,
      verdicts: { pass: 1, fail: 2, not_evaluated: 1, waived: 1 },
      suppressed: 1,
      enforced: 0,
    });
    const records = await recordsOf(folder);
    const decisions = records.filter(({ record_type }) => record_type === 'decision');
    expect(
      decisions.map(({ policy_id, subject_id, verdict, disposition, override_id }) => [
        policy_id,
        subject_id,
        verdict,
        disposition,
        override_id,
      ]),
    ).toEqual([
      ['checkov/CKV_AWS_19', 'aws_s3_bucket.logs', 'pass', 'none', undefined],
      // The override of the policy repository holds for a check of another tool as well.
      ['checkov/CKV_AWS_20', 'aws_s3_bucket.logs', 'fail', 'waived', 'OV-9'],
      ['checkov/CKV_AWS_20', 'aws_s3_bucket.data', 'fail', 'observed', undefined],
      ['checkov/CKV_AWS_18', 'aws_s3_bucket.data', 'not_evaluated', 'observed', undefined],
    ]);
    expect(decisions[0]).toMatchObject({
      file: 'main.tf',
      line: 3,
      tool: 'checkov',
      tool_version: '3.3.13',
      layer: 'ci',
    });
    const [run] = records.filter(({ record_type }) => record_type === 'run');
    expect(run).toMatchObject({ run_total: 4, details: { population: 'all', scanned: 2, suppressed: 1 } });
    expect(new Set([...decisions, run].map((record) => record?.run_id)).size).toBe(1);
  });

  it('has its suppressions as overrides without a sunset, and no secret anywhere', async () => {
    const folder = await evidence();
    write('report.json', REPORT);
    await ingest(folder, 'report.json');
    await ingest(folder, 'report.json');
    const records = await recordsOf(folder);
    const overrides = records.filter(
      ({ record_type, override_id }) => record_type === 'override' && override_id !== 'OV-9',
    );
    // Seen twice, it is one.
    expect(overrides).toHaveLength(1);
    expect(overrides[0]).toMatchObject({
      policy_id: 'checkov/CKV_AWS_18',
      subject_id: 'aws_s3_bucket.data',
      details: { sunset: null, applied: false, source: 'tool' },
    });
    expect(JSON.stringify(records)).not.toContain('hunter2-hunter2');
    machine.at('2026-11-20T12:00:00Z');
    await done('lake', 'close', folder, '--all');
    const day = ['--from', '2026-11-18', '--to', '2026-11-18'];
    const asked = await machine.run(
      'query',
      'overrides-in-force',
      '--evidence',
      folder,
      ...day,
      '-o',
      'json',
    );
    machine.at('2026-11-18T12:00:00Z');
    const { columns, rows } = JSON.parse(asked.stdout) as { columns: { name: string }[]; rows: unknown[][] };
    const at = columns.findIndex(({ name }) => name === 'register');
    expect(rows.map((row) => row[at])).toContain('registered without dates');
  });

  it('is the same run when it is sent again, and another one in another run', async () => {
    const folder = await evidence();
    write('report.json', REPORT);
    const [first, again, other] = [
      await ingest(folder, 'report.json', '--run', 'https://ci.example.com/1'),
      await ingest(folder, 'report.json', '--run', 'https://ci.example.com/1'),
      await ingest(folder, 'report.json', '--run', 'https://ci.example.com/2'),
    ].map(({ report }) => report.reports[0]?.run_id);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    const runs = (await recordsOf(folder)).filter(({ record_type }) => record_type === 'run');
    expect(runs.map(({ run_id }) => run_id)).toEqual([first, other]);
  });

  it('blocks from the severity that the caller names', async () => {
    const folder = await evidence();
    write('report.json', REPORT);
    // Checkov states no severity without a platform key: medium, and the record says that it was not stated.
    expect((await ingest(folder, 'report.json', '--fail-on', 'high')).code).toBe(0);
    const { code, report } = await ingest(folder, 'report.json', '--fail-on', 'medium');
    expect(code).toBe(1);
    expect(report.reports[0]?.enforced).toBe(1);
    const fail = (await recordsOf(folder)).findLast(
      ({ subject_id, verdict }) => subject_id === 'aws_s3_bucket.data' && verdict === 'fail',
    );
    expect(fail).toMatchObject({
      disposition: 'enforced',
      severity: 'medium',
      details: { severity_stated: false },
    });
  });

  it('names what no control map links', async () => {
    write('report.json', REPORT);
    const { report } = await ingest(await evidence(), 'report.json');
    expect(report.reports[0]?.unmapped.map(({ policy_id }) => policy_id)).toEqual([
      'checkov/CKV_AWS_18',
      'checkov/CKV_AWS_19',
      'checkov/CKV_AWS_20',
    ]);
  });
});

describe('a report that is not right is never a pass', () => {
  const ended = async (name: string, text: unknown) => {
    write(name, text);
    return ingest(await evidence(), name);
  };

  it('cut off', async () => {
    const text = JSON.stringify(REPORT);
    const { code, report } = await ended('cut.json', text.slice(0, text.length / 2));
    expect(code).toBe(3);
    expect(report.unread[0] ?? report.reports[0]?.problems[0]).toBeDefined();
    expect(report.reports[0]?.verdicts.pass ?? 0).toBe(0);
  });

  it('that says more than it holds', async () => {
    const { code, report } = await ended('short.json', {
      ...REPORT,
      summary: { ...REPORT.summary, failed: 3 },
    });
    expect(code).toBe(3);
    expect(report.reports[0]?.problems[0]?.message).toBe('the report says 3 fail, and 2 were read');
  });

  it('without any result', async () => {
    const nothing = { passed_checks: [], failed_checks: [], skipped_checks: [], parsing_errors: [] };
    const { code, report } = await ended('none.json', { check_type: 'terraform', results: nothing });
    expect(code).toBe(3);
    expect(report.reports[0]).toMatchObject({ complete: false, verdicts: { pass: 0, error: 1 } });
  });

  it('of no known format, or empty', async () => {
    const unknown = await ended('other.json', { hello: 'world' });
    expect(unknown.code).toBe(3);
    expect(unknown.report.unread[0]).toMatchObject({ code: 'INPUT_FORMAT' });
    expect((await ended('empty.json', '')).report.unread[0]).toMatchObject({ code: 'INPUT_EMPTY' });
  });

  it('and the others are recorded all the same', async () => {
    write('report.json', REPORT);
    write('other.json', { hello: 'world' });
    const folder = await evidence();
    const { code, report } = await ingest(folder, 'other.json', 'report.json');
    expect(code).toBe(3);
    expect(report.unread).toHaveLength(1);
    expect(report.reports[0]?.decisions).toBe(4);
  });
});

describe('the command', () => {
  it('names the nearest format', async () => {
    write('report.json', REPORT);
    const { code, stderr } = await machine.run('ingest', 'chekov-json', 'report.json', '--no-bundle');
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean checkov-json?');
  });

  it.each([
    ['kics', /Did you mean kics-json\? exhibit/],
    ['gatekeeper', /Did you mean gatekeeper-constraint or gatekeeper-events or /],
    ['nothing-like-it', /^ {2}next: exhibit ingest --list/m],
  ])('names for %s those of the tool, or none', async (name, expected) => {
    write('report.json', REPORT);
    const { code, stderr } = await machine.run('ingest', name, 'report.json', '--no-bundle');
    expect(code).toBe(2);
    expect(stderr).toMatch(expected);
  });

  it('says why a report is not read, and what to do', async () => {
    write('report.json', REPORT);
    writeFileSync(
      join(machine.folder, 'cut.json'),
      JSON.stringify({ some: 'tool', results: [1, 2] }).slice(0, -4),
    );
    mkdirSync(join(machine.folder, 'reports'));
    const given = ['reports', 'away.json', '-', 'cut.json'];
    const { code, stdout } = await machine.run('ingest', 'auto', ...given, '--no-bundle');
    expect(code).toBe(3);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'reports: not read: the report cannot be read: it is a folder. Name the reports in it: exhibit ingest auto FOLDER/*.json.',
      'away.json: not read: the report cannot be read: there is no such file. Paths start in the working folder. Standard input is not read: write it to a file.',
      expect.stringMatching(/^-: not read: .* Standard input is not read: write it to a file\.$/),
      expect.stringMatching(
        /^cut\.json:1: not read: not well-formed JSON: .*\. Nothing of the report was read\. Was it cut off\? /,
      ),
    ]);
  });

  it('says without an evidence place that nothing was recorded', async () => {
    write('report.json', REPORT);
    const { stderr } = await machine.run('ingest', 'auto', 'report.json', '--no-bundle');
    expect(stderr).toContain('nothing was recorded');
  });

  it('says what it read also where the server is away', async () => {
    write('report.json', REPORT);
    const away = 'http://127.0.0.1:9';
    machine.env.EXHIBIT_TOKEN = 'exhibit_token';
    const given = ['ingest', 'auto', 'report.json', '--no-bundle', '--evidence', away];
    const told = await machine.run(...given);
    expect(told).toMatchObject({ code: 3, stderr: expect.stringContaining('SERVER_UNREACHABLE') });
    expect(told.stdout).toMatch(/^decisions +4: /m);
    const { stdout } = await machine.run(...given, '-o', 'json');
    expect(ingestSchema.parse(JSON.parse(stdout)).exit_code).toBe(3);
    delete machine.env.EXHIBIT_TOKEN;
  });

  it('keeps a copy of the report without its secrets, unless told otherwise', async () => {
    write('report.json', REPORT);
    const folder = await evidence();
    await ingest(folder, 'report.json');
    await ingest(folder, 'report.json', '--no-keep-report');
    const runs = (await recordsOf(folder)).filter(({ record_type }) => record_type === 'run');
    expect(runs.map(({ input_ref, details }) => [input_ref !== undefined, details?.report_kept])).toEqual([
      [true, true],
      [false, false],
    ]);
    const reader = await openReader(join(machine.folder, folder));
    const copy = new TextDecoder().decode(await reader.blob(runs[0]?.input_ref as `sha256:${string}`));
    expect(copy).not.toContain('hunter2-hunter2');
    expect(JSON.parse(copy)).toMatchObject({ check_type: 'terraform' });
    expect(readFileSync(join(machine.folder, 'report.json'), 'utf8')).toContain('hunter2-hunter2');
  });
});
