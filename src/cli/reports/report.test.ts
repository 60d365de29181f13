import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPORTS } from '../../audit/index.ts';
import { type Fixture, makeFixture } from '../../lake/testing/fixture.ts';
import { REPORT_NAMES } from '../commands/report.ts';
import { Machine } from '../testing/program.ts';

const HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>\u202Egnp';
let lake: Fixture;
let machine: Machine;

beforeAll(async () => {
  lake = await makeFixture('2026-03-01T09:00:00.000Z');
  const map = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
  await lake.decide(map, ['encrypted', 'db1', 'fail'], ['encrypted', HOSTILE, 'fail', { message: HOSTILE }]);
  lake.at('2026-03-03T09:00:00.000Z');
  await lake.decide(map, ['encrypted', 'db1', 'pass'], ['encrypted', 'db2', 'error']);
  machine = new Machine('2026-03-05T12:00:00Z');
}, 60_000);
afterAll(() => lake.remove());

async function report(name: string, format: string, ...more: string[]) {
  const target = join(machine.folder, `${name}.${format}`);
  const ended = await machine.run(
    ...[
      'report',
      name,
      '--evidence',
      lake.folder,
      '--framework',
      'soc2',
      '--from',
      '2026-03-01',
      '--to',
      '2026-03-03',
    ],
    ...['-o', `${format}=${target}`, ...more],
  );
  return { ...ended, bytes: readFileSync(target) };
}

it('the names of the command are those of the reports', () => {
  expect(REPORT_NAMES).toEqual(REPORTS);
});

describe('a report over a period with a day without records', { timeout: 60_000 }, () => {
  it('counts what is there, keeps what was fixed, and is not complete', async () => {
    const { code, bytes } = await report('control', 'json');
    expect(code).toBe(3);
    const { report: model } = JSON.parse(bytes.toString());
    expect(model.standing.days_missing).toEqual(['2026-03-02']);
    const [control] = model.controls.filter(({ id }: { id: string }) => id === 'cc6.1');
    expect(control).toMatchObject({
      decisions: 4,
      pass: 1,
      fail: 2,
      undecided: 1,
      subjects: 3,
      exceptions: 2,
    });
    expect(control).toMatchObject({ days_expected: 3, days_with_evidence: 2 });
    const fixed = control.exceptions_listed.find((each: { subject_id: string }) => each.subject_id === 'db1');
    expect(fixed).toMatchObject({ fails: 1, passed: '2026-03-03T09:00:00.000Z' });
  });

  it('is none of a control that nothing names: it says which are spelled like it, and which there are', async () => {
    const scope = ['--control', 'soc2/cc66.1', '--from', '2026-03-01', '--to', '2026-03-03'];
    const { code, stderr } = await machine.run('report', 'control', '--evidence', lake.folder, ...scope);
    expect(code).toBe(2);
    expect(stderr).toContain('names soc2/cc66.1; did you mean cc6.1?');
    expect(stderr).toContain('next: soc2 has cc6.1, cc7.2, cc9.9.');
  });

  it('keeps hostile names as text on the page and in CSV', async () => {
    const page = (await report('control', 'html')).bytes.toString();
    expect(page).not.toContain('<script');
    expect(page).not.toContain('\u202E');
    expect(page).toContain('&lt;script&gt;');
    expect(page.indexOf('2026-03-02')).toBeLessThan(page.indexOf('<main'));
    const csv = (await report('control', 'csv')).bytes.toString();
    expect(csv).not.toMatch(/(^|,|")=HYPERLINK/m);
    expect(csv).toContain("'=HYPERLINK");
  });

  it('gives the same bytes again, tagged and with a language', async () => {
    const first = (await report('overrides', 'pdf')).bytes;
    expect((await report('overrides', 'pdf')).bytes.equals(first)).toBe(true);
    const text = first.toString('latin1');
    for (const part of [
      '/MarkInfo',
      '/StructTreeRoot',
      '/Lang (en)',
      '/DisplayDocTitle true',
      '/S /H1',
      '/S /H2',
    ])
      expect(text).toContain(part);
    const oscal = (await report('framework', 'oscal')).bytes;
    expect((await report('framework', 'oscal')).bytes.equals(oscal)).toBe(true);
  });

  it('says that a future period is not over', async () => {
    const { stdout } = await machine.run(
      ...['report', 'completeness', '--evidence', lake.folder, '--framework', 'soc2', '--from', '2026-03-01'],
      ...['--to', '2027-01-01', '-o', 'csv'],
    );
    expect(stdout).toMatch(/^report,.*\r\nwarning,,.*in the future/);
  });

  it('states which controls do not apply, with the file that says so', async () => {
    const other = await makeFixture('2026-03-01T09:00:00.000Z');
    const map = await other.announce('r1', [['encrypted', 'iso27001/a.8.24']]);
    await other.decide(map, ['encrypted', 'db1', 'pass']);
    const file = join(machine.folder, 'applicability.yaml');
    writeFileSync(
      file,
      'framework: iso27001\ncontrols:\n  - {id: a.8.24, applicable: false, reason: "We have no stores of data at all."}\n',
    );
    const { stdout } = await machine.run(
      ...['report', 'soa', '--evidence', other.folder, '--from', '2026-03-01', '--to', '2026-03-01'],
      ...['--applicability', file, '-o', 'csv'],
    );
    expect(stdout).toContain('does not apply,We have no stores of data at all.,linked,encrypted');
    expect(stdout).toContain('Stated as not applicable, and evidence came all the same: a.8.24.');
    await other.remove();
  });

  it.each([
    ['soa', 'iso27001'],
    ['nis2', 'nis2'],
    ['eu-ai-act', 'eu-ai-act'],
  ])('refuses the report %s of a framework that is not %s', async (name, framework) => {
    for (const other of [
      ['--framework', 'soc2'],
      ['--control', 'soc2/cc6.1'],
    ]) {
      const { code, stdout, stderr } = await machine.run(
        ...[
          'report',
          name,
          '--evidence',
          lake.folder,
          ...other,
          '--from',
          '2026-03-01',
          '--to',
          '2026-03-03',
        ],
        ...['-o', 'csv'],
      );
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(`the report ${name} is about ${framework}, not "soc2"`);
      expect(stderr).toContain('next: ');
    }
  });

  it('is a violation where the log does not hold, and says so first', async () => {
    const bad = await makeFixture('2026-03-01T09:00:00.000Z');
    await bad.put('ci', { record_type: 'heartbeat' });
    const tile = join(bad.folder, 'log', 'tile', 'entries');
    const names = readdirSync(tile, { recursive: true }).map((each) => join(tile, String(each)));
    const part = names.find((each) => statSync(each).isFile()) ?? '';
    chmodSync(part, 0o600);
    writeFileSync(part, Buffer.alloc(readFileSync(part).length, 1));
    const { code, stdout } = await machine.run(
      ...[
        'report',
        'framework',
        '--evidence',
        bad.folder,
        '--framework',
        'soc2',
        '--from',
        '2026-03-01',
        '--to',
        '2026-03-01',
        '--verify',
        '-o',
        'csv',
      ],
    );
    expect(stdout).toMatch(/^report,.*\r\nwarning,,THE VERIFICATION OF THIS LEDGER FAILED/);
    expect(code).toBe(1);
    await bad.remove();
  });
});
