import { mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { openReader } from '../../ledger/index.ts';
import type { EvidenceRecord } from '../../record/index.ts';
import { Machine } from '../testing/program.ts';
import { runTool } from './spawn.ts';
import { asksReport, meaningOf, toolOf, versionIn } from './tools.ts';

/** A real tool of few words: it writes what it is told, and ends as it is told. */
const TOOL = `
const [, , text, code, target] = process.argv;
if (text === 'hang') setInterval(() => {}, 1000);
else if (text === 'kill') process.kill(process.pid, 'SIGKILL');
else {
  if (target === undefined) process.stdout.write(text);
  else require('node:fs').writeFileSync(target, text);
  process.exitCode = Number(code);
}
`;

const report = (failed: number) =>
  JSON.stringify({
    check_type: 'terraform',
    results: {
      passed_checks: [one('CKV_AWS_1', 'PASSED')],
      failed_checks: Array.from({ length: failed }, (_, i) => one(`CKV_AWS_${i + 2}`, 'FAILED')),
      skipped_checks: [],
      parsing_errors: [],
    },
    summary: {
      passed: 1,
      failed,
      skipped: 0,
      parsing_errors: 0,
      resource_count: 1,
      checkov_version: '3.3.13',
    },
  });
const one = (check_id: string, result: string) => ({
  check_id,
  check_result: { result },
  resource: 'aws_s3_bucket.a',
});

let machine: Machine;

beforeEach(async () => {
  machine = new Machine(new Date().toISOString());
  writeFileSync(join(machine.folder, 'tool.cjs'), TOOL);
  expect((await machine.run('ledger', 'init', 'evidence')).code).toBe(0);
});

async function run(flags: string[], ...args: string[]) {
  const ended = await machine.run(
    ...['run', '--no-bundle', '--evidence', 'evidence', ...flags],
    ...['--', process.execPath, 'tool.cjs', ...args],
  );
  const reader = await openReader(join(machine.folder, 'evidence'));
  const { size } = await reader.checkpoint();
  const records: EvidenceRecord[] = [];
  for (let index = 0; index < size; index += 1)
    records.push(JSON.parse(new TextDecoder().decode((await reader.entry(index)).bytes)));
  return { ...ended, records, run: records.find(({ record_type }) => record_type === 'run') };
}

describe('a tool is run as it is', () => {
  it('and its report, arguments, exit code and the digests of what it wrote are recorded', async () => {
    const { code, run: record, records } = await run([], report(1), '0');
    expect(code).toBe(0);
    expect(
      records.filter(({ record_type }) => record_type === 'decision').map(({ verdict }) => verdict),
    ).toEqual(['pass', 'fail']);
    expect(record).toMatchObject({
      tool: 'checkov',
      run_total: 2,
      details: {
        invocation: {
          program: 'node',
          arguments: ['tool.cjs', report(1), '0'],
          exit_code: 0,
          exit_means: 'clean',
          stdout: { bytes: report(1).length, sha256: expect.stringMatching(/^sha256:/) },
        },
      },
    });
  });

  it('also where it writes its report into a file', async () => {
    const { code, records } = await run(['--report', 'out.json'], report(0), '0', 'out.json');
    expect(code).toBe(0);
    expect(records.find(({ verdict }) => verdict === 'pass')?.policy_id).toBe('checkov/CKV_AWS_1');
  });

  it('and no secret of its arguments is recorded', async () => {
    const { records } = await run([], report(0), '0', 'out.json', '--password=hunter2-hunter2');
    expect(JSON.stringify(records)).not.toContain('hunter2-hunter2');
  });

  it('and is not given the tokens that speak for the emitter', async () => {
    machine.env.EXHIBIT_TOKEN = 'token-of-the-emitter';
    machine.env.OTHER_TOKEN = 'token-of-the-tool';
    const asks = "require('node:fs').writeFileSync('env.json', JSON.stringify(process.env))";
    await machine.run(
      ...['run', '--no-bundle', '--evidence', 'evidence', '--', process.execPath, '-e', asks],
    );
    const seen = readFileSync(join(machine.folder, 'env.json'), 'utf8');
    expect(seen).not.toContain('token-of-the-emitter');
    expect(seen).toContain('token-of-the-tool');
  });

  it('and a report is recorded with its own tool, whatever the program is called', async () => {
    const { code, records, run: record } = await run(['--fail-on', 'none'], report(2), '4');
    expect(code).toBe(0);
    expect(records.filter(({ verdict }) => verdict === 'fail')).toHaveLength(2);
    expect(record).toMatchObject({ tool: 'checkov', details: { invocation: { exit_means: 'findings' } } });
  });

  it.each([
    ['with fails it blocks, as the tool within would', 2, 1],
    ['without any, nobody knows why it ended so', 0, 3],
  ])('a wrapper of another name that ends with 1: %s', async (_, fails, expected) => {
    expect((await run([], report(fails), '1')).code).toBe(expected);
  });

  it('blocks where the caller says so, whatever the exit code of the tool', async () => {
    expect((await run(['--fail-on', 'any'], report(1), '0')).code).toBe(1);
  });
});

describe('a crash or an empty report is an error, never a pass', () => {
  it.each<[string, string[], string[], RegExp]>([
    ['no output', [], ['', '0'], /the report is empty/],
    ['no report, and an exit code of success', ['--report', 'none.json'], [report(0), '0'], /cannot be read/],
    ['output of no format', [], ['all is well', '0'], /no format that is known/],
    ['half a report', ['--format', 'checkov-json'], [report(1).slice(0, 90), '0'], /JSON/],
    [
      'a report of nothing',
      [],
      ['{"passed": 0, "failed": 0, "checkov_version": "3"}', '0'],
      /nothing was judged/,
    ],
    ['killed', [], ['kill', '0'], /signal SIGKILL/],
    ['too long', ['--timeout', '1'], ['hang', '0'], /took too long/],
  ])('%s', async (_, flags, args, message) => {
    const { code, records, run: record } = await run(flags, ...args);
    expect(code).toBe(3);
    const decisions = records.filter(({ record_type }) => record_type === 'decision');
    expect(decisions.map(({ verdict }) => verdict)).not.toContain('pass');
    expect(decisions.map(({ message: text }) => text).join()).toMatch(message);
    // That it ran is recorded in any case.
    expect(record).toMatchObject({ run_total: decisions.length });
  });

  it('a report that was there before the run', async () => {
    const old = join(machine.folder, 'old.json');
    writeFileSync(old, report(0));
    utimesSync(old, new Date('2026-01-01'), new Date('2026-01-01'));
    const { code, records } = await run(['--report', 'old.json'], 'nothing new', '0');
    expect(code).toBe(3);
    expect(records.map(({ verdict }) => verdict)).not.toContain('pass');
    expect(records.map(({ message }) => message).join()).toContain('older than this run');
  });

  it('a report that was there before the run, with a time that is yet to come', async () => {
    const old = join(machine.folder, 'old.json');
    writeFileSync(old, report(0));
    utimesSync(old, new Date('2035-01-01'), new Date('2035-01-01'));
    const { code, records } = await run(['--report', 'old.json'], 'nothing new', '0');
    expect(code).toBe(3);
    expect(records.map(({ verdict }) => verdict)).not.toContain('pass');
  });

  it('a report that was there a moment ago, unless it is written again', async () => {
    writeFileSync(join(machine.folder, 'old.json'), report(0));
    expect((await run(['--report', 'old.json'], 'nothing new', '0')).code).toBe(3);
    expect((await run(['--report', 'old.json'], report(0), '0', 'old.json')).code).toBe(0);
  });

  it('a program that is not there is no run at all', async () => {
    const { code, stderr } = await machine.run('run', '--no-bundle', '--', 'no-such-tool-anywhere');
    expect(code).toBe(3);
    expect(stderr).toContain('TOOL_MISSING');
  });

  it('whose file for what it writes is whole or gone by then, however slow the disk', async () => {
    const show = { stdout: () => {}, stderr: () => {} };
    for (let i = 0; i < 100; i += 1) {
      const folder = mkdtempSync(join(machine.folder, 'out-'));
      const options = { cwd: folder, env: {}, file: join(folder, 'stdout'), timeout: 1_000, show };
      await expect(runTool('/no/such/tool', [], options)).rejects.toMatchObject({ code: 'TOOL_MISSING' });
      const before = readdirSync(folder);
      await setTimeout(3);
      expect(readdirSync(folder)).toEqual(before);
    }
  });
});

describe('what an exit code means', () => {
  const checkov = toolOf('/opt/venv/bin/checkov');
  it.each<[string, Parameters<typeof meaningOf>, string]>([
    ['checkov, 0', [checkov, 0, true, 3], 'clean'],
    // 1 is both "found something" and "crashed": only the report tells.
    ['checkov, 1, with fails', [checkov, 1, true, 3], 'findings'],
    ['checkov, 1, without any', [checkov, 1, true, 0], 'failed'],
    ['checkov, 1, unreadable', [checkov, 1, false, 3], 'failed'],
    ['kics, 50', [toolOf('kics'), 50, true, 1], 'findings'],
    ['kics, 126', [toolOf('kics'), 126, true, 1], 'failed'],
    ['prowler, 3', [toolOf('prowler'), 3, true, 1], 'findings'],
    ['a signal', [checkov, null, true, 1], 'failed'],
    ['an unknown tool, 4, with fails', [undefined, 4, true, 1], 'findings'],
    ['an unknown tool, 4, without any', [undefined, 4, true, 0], 'unknown'],
  ])('%s', (_, args, meaning) => {
    expect(meaningOf(...args)).toBe(meaning);
  });

  it.each<[string, Parameters<typeof asksReport>, boolean]>([
    ['checkov, 1', [checkov, 1], true],
    ['checkov, 0', [checkov, 0], false],
    ['checkov, 2', [checkov, 2], false],
    ['checkov, 77', [checkov, 77], false],
    ['a signal', [checkov, null], false],
    ['an unknown tool, 0', [undefined, 0], true],
    ['an unknown tool, 4', [undefined, 4], true],
  ])('asks the report only where the code does not tell: %s', (_, args, asks) => {
    expect(asksReport(...args)).toBe(asks);
    // Where it is not asked, what is in it makes no difference.
    const meanings = [true, false].flatMap((read) => [0, 3].map((fails) => meaningOf(...args, read, fails)));
    expect(new Set(meanings).size > 1).toBe(asks);
  });

  it('versions are found in what tools print', () => {
    expect(versionIn('Conftest: 0.69.0\nOPA: 1.19.0', 'conftest')).toBe('0.69.0');
    expect(versionIn('Conftest: dev\nOPA: 1.19.0', 'conftest')).toBeUndefined();
    expect(versionIn('Version: v2.1.3-beta', 'kubescape')).toBe('2.1.3-beta');
    expect(versionIn('no number', 'kics')).toBeUndefined();
  });
});
