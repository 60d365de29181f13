import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engagementActs, sourceHere } from '../../audit/index.ts';
import { openLedger, openReader } from '../../ledger/index.ts';
import { derivedId, fromHex, parseRecord } from '../../record/index.ts';
import { verifyConsistency } from '../../verify/index.ts';
import type { Machine } from '../testing/program.ts';
import { type engagementAnswerSchema, engagementsSchema } from './schema.ts';
import { type ThreeDays, threeDays } from './testing/three-days.ts';

const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest());
const random = (length: number) => new Uint8Array(randomBytes(length));
let days: ThreeDays;
let machine: Machine;
let folder: string;
beforeEach(async () => {
  days = await threeDays();
  ({ machine, folder } = days);
});
afterEach(() => days.remove());

const run = (...args: string[]) => days.run('engagement', ...args);
const open = (...more: string[]) => days.open(...more);
const answer = async (id: string, ...more: string[]) => {
  const { code, stdout, stderr } = await run('answer', id, ...more, '-o', 'json');
  if (stdout === '') throw new Error(stderr);
  return { code, ...(JSON.parse(stdout) as ReturnType<typeof engagementAnswerSchema.parse>) };
};

const show = async (id: string) =>
  engagementsSchema.parse(JSON.parse((await run('show', id, '-o', 'json')).stdout)).engagements[0];
const link = (id: string, server: string) => ['engagement', 'link', id, '--server', server];

describe('an engagement', () => {
  it('answers each control of its framework alone, over its days alone, with true denominators', async () => {
    const id = await open();
    const found = await answer(id);
    // Counted by hand from what was put there; 4 October and iso27001 are outside.
    expect(found.controls).toMatchObject([
      {
        control: 'cc6.1',
        days_expected: 3,
        days_with_evidence: 3,
        decisions: 5,
        failed: 2,
        verdicts: { pass: 3, fail: 1, waived: 1, error: 0, not_applicable: 0, not_evaluated: 0 },
        state: 'evidence on each day expected',
      },
      {
        control: 'cc7.2',
        days_expected: 3,
        // An error judged nothing: no evidence of its day.
        days_with_evidence: 1,
        decisions: 2,
        failed: 0,
        verdicts: { pass: 1, fail: 0, waived: 0, error: 1, not_applicable: 0, not_evaluated: 0 },
        state: 'days without evidence',
      },
      // The framework lists it, no policy supports it: it is shown, and is no pass.
      { control: 'cc9.9', coverage: 'manual', days_expected: 0, decisions: 0, state: 'nothing is expected' },
    ]);
    expect(found).toMatchObject({ code: 0, complete: true, caveats: [], overrides: { listed: 1, used: 1 } });
    expect(found.files).toMatchObject({ closed_days: 3, found: found.files.expected });
  });

  it('shows by proofs that a stranger can check that nothing of its period was changed since', async () => {
    const id = await open();
    const { continuations, trust } = await answer(id);
    expect(continuations.map(({ of }) => of)).toEqual(['period end', 'opening']);
    for (const { size, root, to, proof } of continuations) {
      expect(to).toEqual({ size: trust.size, root: trust.root });
      const claim = { size1: size, root1: fromHex(root), size2: to.size, root2: fromHex(to.root) };
      verifyConsistency(sha256, { ...claim, proof: proof.map(fromHex) });
      expect(() => verifyConsistency(sha256, { ...claim, proof: proof.map(fromHex).slice(1) })).toThrow();
    }
    const reader = await openReader(folder);
    // Records before 4 October: one policy, four, two and two decisions.
    expect(continuations[0]?.size).toBe(9);
    expect(continuations[0]?.root).toBe(await reader.rootAt(9));
  });

  it('puts each read on the record, where the list of its acts shows it, with whom', async () => {
    const id = await open();
    const first = await answer(id);
    await answer(id, '--as', 'somebody else');
    const shown = await run('show', id, '-o', 'json');
    const [one] = engagementsSchema.parse(JSON.parse(shown.stdout)).engagements;
    expect(one?.acts?.map(({ kind }) => kind)).toEqual(['engagement opened', 'read', 'read']);
    expect(first.read).toEqual({ record_id: one?.acts?.[1]?.record_id });
    expect(one?.acts?.[1]?.actor).not.toBe(one?.acts?.[2]?.actor);
    // Names stand apart from the log.
    const log = readdirSync(join(folder, 'log'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'));
    expect(log.join('')).not.toMatch(/Ada|somebody else/);
  });

  it('says that a read is not on record where the folder is a copy that cannot be written', async () => {
    const id = await open();
    rmSync(join(folder, 'keys', 'signer.key'));
    const found = await answer(id);
    expect(found.read).toEqual({ not_recorded: expect.stringContaining('copy') });
    expect(found.controls).toHaveLength(3);
  });

  it('is over when it expires or is closed, and stays on the list', async () => {
    const first = await open();
    const second = await open();
    const closed = await run('close', second, '--reason', 'the report was signed');
    expect(closed.stdout).toContain('the report was signed');
    machine.at('2026-12-31T23:59:59.999Z');
    const late = await run('answer', first);
    expect(late.code).toBe(4);
    expect(late.stderr).toContain('ENGAGEMENT_OVER');
    for (const args of [
      ['request', first, 'more'],
      ['close', second, '--reason', 'again'],
    ])
      expect((await run(...args)).code).toBe(4);
    const listed = engagementsSchema.parse(JSON.parse((await run('list', '-o', 'json')).stdout));
    expect(listed.engagements.map(({ engagement, state }) => [engagement, state])).toEqual([
      [first, 'expired'],
      [second, 'closed'],
    ]);
    machine.at('2026-12-31T23:59:59.998Z');
    expect((await run('answer', first)).code).toBe(0);
  });

  it('has requests of the auditor and replies of the team, and no reply to what was not asked', async () => {
    const id = await open();
    const other = await open();
    const asked = await run('request', id, 'Who approved OV-1?', '--control', 'cc6.1', '-o', 'json');
    const request = engagementsSchema.parse(JSON.parse(asked.stdout)).engagements[0]?.requests?.[0];
    expect(request).toMatchObject({ text: 'Who approved OV-1?', control: 'cc6.1', replies: [] });
    const elsewhere = await run('reply', other, request?.record_id ?? '', 'See ticket 12.');
    expect(`${elsewhere.code} ${elsewhere.stderr}`).toContain('2 error NOT_FOUND');
    const replied = await run('reply', id, request?.record_id ?? '', 'See \u001b[31mticket 12.');
    expect(replied.stdout).toContain('See \\x1b[31mticket 12.');
  });

  it('has no request about a control that its framework does not have: nobody could take that back', async () => {
    const id = await open();
    const refused = await run('request', id, 'for nothing', '--control', 'cc99.9');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('soc2 has no control cc99.9; did you mean cc9.9?');
    expect(refused.stderr).toContain('next: It has cc6.1, cc7.2, cc9.9.');
    // Of iso27001, which the log has, and this engagement is not about.
    expect((await run('request', id, 'for nothing', '--control', 'iso27001/a.8.24')).code).toBe(2);
    expect((await run('request', id, 'the review', '--control', 'soc2/cc6.1')).code).toBe(0);
    const shown = engagementsSchema.parse(JSON.parse((await run('show', id, '-o', 'json')).stdout));
    expect(shown.engagements[0]?.requests?.map(({ text, control }) => [text, control])).toEqual([
      ['the review', 'cc6.1'],
    ]);
  });

  it('is refused for a framework that nothing names, and for a time that is wrong', async () => {
    const refused = async (...args: string[]) => {
      const { code, stderr } = await run('open', ...args, '--auditor', 'Ada');
      return `${code} ${stderr}`;
    };
    const days = ['--from', '2026-10-01', '--to', '2026-10-03'];
    const expires = ['--expires', '2026-12-31'];
    expect(await refused('--framework', 'hipaa', ...days, ...expires)).toMatch(
      /2 error USAGE.*\n.*It has: iso27001, soc2/,
    );
    const soc2 = ['--framework', 'soc2'];
    expect(await refused(...soc2, ...days, '--expires', '2026-10-09')).toContain('over before it begins');
    expect(await refused(...soc2, ...days, '--expires', '2028-10-09')).toContain('more than 400 days');
    const day = await refused(...soc2, '--from', '2026-10-1', '--to', '2026-10-03');
    expect(day).toMatch(/^2 error USAGE: --from "2026-10-1": expected YYYY-MM-DD/);
    expect(await refused(...soc2, '--from', '2026-10-01', '--to', '2026-02-30')).toContain(
      '--to "2026-02-30": no such day',
    );
    expect(await refused(...soc2, '--from', '2026-10-03', '--to', '2026-10-01')).toContain(
      '--from 2026-10-03, --to 2026-10-01: the period ends before it begins',
    );
    const future = ['--from', '2026-11-01', '--to', '2026-11-30'];
    expect(await refused(...soc2, ...future, ...expires)).toContain('has not come');
  });

  it('ends with a command that answers as it is printed, on the record of the engagement', async () => {
    const id = await open();
    const shown = await run('answer', id, '--as', 'Ada of the auditors');
    const lines = [...shown.stdout.matchAll(/^next: exhibit (.*)$/gm)].map(([, line = '']) => line);
    const within = `--engagement ${id} --evidence ${folder} --as 'Ada of the auditors'`;
    expect(lines).toEqual([
      `report completeness ${within}`,
      `query verdicts-by-day --control soc2/cc6.1 ${within}`,
    ]);
    const ask = (line: string) =>
      machine.run(...[...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? ''));
    // Nobody is expected to send, so the report is not complete.
    const [report, asked] = [await ask(lines[0] ?? ''), await ask(lines[1] ?? '')];
    expect(report.code).toBe(3);
    expect(report.stderr).toContain('No source is registered as expected');
    expect(`${asked.code} ${asked.stderr}`).toBe('0 ');
    expect(asked.stdout).toContain('question  verdicts-by-day');
    const { acts } = (await show(id)) ?? {};
    const actors = acts?.filter(({ kind }) => kind === 'read').map(({ actor }) => actor);
    expect(actors).toHaveLength(3);
    expect(new Set(actors).size).toBe(1);
  });

  it('says what is wrong where no server makes a link', async () => {
    const id = await open();
    machine.env.EXHIBIT_TOKEN = 'a'.repeat(43);
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    const { code, stderr } = await machine.run(...link(id, `http://127.0.0.1:${port}`));
    expect(code).toBe(3);
    expect(stderr).toContain(`makes no link now: nothing answers at 127.0.0.1:${port}`);
    expect(stderr).toMatch(/next: Start the server there/);
    expect(stderr).not.toContain('NODE_EXTRA_CA_CERTS');
    const one = await machine.run(...link(id, 'http://127.0.0.1:1'));
    expect(one.stderr).toContain('port 1 is one that no server of pages may have');
  });

  it('says first which days of its period have no evidence', async () => {
    const id = await open('--from', '2026-09-29', '--to', '2026-10-31');
    const found = await answer(id);
    expect(found.code).toBe(3);
    expect(found.complete).toBe(false);
    expect(found.caveats).toEqual([
      'The period is not over: of 2026-10-10 to 2026-10-31 there is no whole evidence yet.',
      '2026-09-29 to 2026-09-30: the log did not exist',
      expect.stringContaining('2026-10-11 to 2026-10-31: the log has no record of this day or later'),
      expect.stringContaining('not closed'),
    ]);
  });

  it('does not believe a record of an emitter that only calls itself an engagement', async () => {
    const id = 'eng-00000000000000ff';
    const real = await open();
    const ledger = await openLedger(folder, { clock: () => machine.now, random });
    const opened = (await engagementActs(sourceHere(ledger))).find(({ engagement }) => engagement === real);
    const { recorded_at: _, ...copy } = parseRecord((await ledger.entry(opened?.log_index ?? 0)).bytes);
    const record_id = derivedId('exhibit.audit/engagement', id, sha256);
    const details = { ...copy.details, engagement: id };
    // Nobody gets in with the name itself; with another one it is in the log, and is no engagement.
    const forged = { ...copy, record_id, subject_id: id, details, sequence: 0 };
    await expect(ledger.appendNumbered([forged])).rejects.toMatchObject({ code: 'RECORD_INVALID' });
    await ledger.appendNumbered([{ ...forged, emitter: 'exhibit-audit' }]);
    await ledger.seal();
    expect(await ledger.find(record_id)).toBeDefined();
    await ledger.close();
    const unknown = await run('answer', id);
    expect(`${unknown.code} ${unknown.stderr}`).toContain('2 error NOT_FOUND');
    const listed = engagementsSchema.parse(JSON.parse((await run('list', '-o', 'json')).stdout));
    expect(listed.engagements.map(({ engagement }) => engagement)).toEqual([real]);
    for (const hostile of ['../../etc', 'eng-0', `${id}\n`, '<script>'])
      expect((await run('answer', hostile)).code).toBe(2);
  });

  it('names a file of the lake that was changed, and gives no whole answer', async () => {
    const id = await open();
    const file = join(folder, 'daily_counts/year=2026/month=10/day=02/daily_counts.parquet');
    const bytes = readFileSync(file);
    bytes[bytes.length - 9] = (bytes.at(-9) ?? 0) ^ 1;
    rmSync(file);
    writeFileSync(file, bytes);
    const found = await answer(id);
    expect(found.code).toBe(3);
    expect(found.gaps).toContainEqual({
      kind: 'file_differs',
      message: expect.stringContaining('day=02/daily_counts.parquet'),
    });
  });

  it('counts a fail that was waived among the fails, and says how many of them were', async () => {
    const { stdout } = await run('answer', await open());
    expect(stdout).toMatch(/^CONTROL +DAYS +PASS +FAIL +OF THEM WAIVED /m);
    expect(stdout).toMatch(/^cc6\.1 +3\/3 +3 +2 +1 +0 /m);
  });

  it('names controls that no policy supports apart, so that none is left out', async () => {
    const { stdout } = await run('answer', await open());
    expect(stdout).toContain(
      'Of 3 controls, policies are to give evidence on 2; 1 of these had some on each day',
    );
    expect(stdout).toContain('No policy is to give evidence on 1 control: cc9.9.');
  });

  it('prints no line wider than a terminal of 80 columns', async () => {
    const id = await open();
    machine.terminal = 80;
    for (const args of [['answer', id], ['show', id], ['list']]) {
      const { stdout } = await run(...args);
      // Roots and keys are single words, which the terminal folds.
      for (const line of stdout.split('\n'))
        expect(line.replace(/\S{60,}/, '').length).toBeLessThanOrEqual(80);
    }
  });
});
