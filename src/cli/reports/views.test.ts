import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fixture, makeFixture } from '../../lake/testing/fixture.ts';
import { Machine } from '../testing/program.ts';

let lake: Fixture;
let machine: Machine;

beforeAll(async () => {
  lake = await makeFixture('2026-03-01T09:00:00.000Z');
  const map = await lake.announce('r1', [
    ['encrypted', 'soc2/cc6.1'],
    ['alerts', 'soc2/cc7.2'],
  ]);
  const override = { override_id: 'OV-1', override_digest: `sha256:${'a'.repeat(64)}` as const };
  await lake.put('ci', {
    ...{ record_type: 'override', policy_id: 'encrypted', ...override },
    details: {
      ...{ owner: 'ada', approver: 'bob', reason: 'The vendor mends it soon enough.', ticket: 'T-1' },
      ...{ created: '2026-02-20T00:00:00Z', sunset: '2026-03-20T23:59:59Z', scope: { subjects: ['db2'] } },
    },
  });
  await lake.decide(
    map,
    ['encrypted', 'db1', 'fail', { details: { fix: 'Set encrypted = true.' }, message: 'not encrypted' }],
    ['encrypted', 'db2', 'fail', { disposition: 'waived', ...override }],
    ['encrypted', 'db3', 'fail'],
    ['alerts', 'web', 'fail', { layer: 'runtime', details: { fix: 'Set the alarms.' }, message: 'no alarm' }],
  );
  lake.at('2026-03-02T09:00:00.000Z');
  await lake.decide(map, ['encrypted', 'db3', 'pass']);
  // Another process writes what an audit does.
  await lake.ledger.close();
  machine = new Machine('2026-03-02T12:00:00Z');
}, 60_000);
afterAll(() => lake.remove());

const report = (name: string, format: string, ...more: string[]) =>
  machine.run(
    ...['report', name, '--evidence', lake.folder, '--framework', 'soc2', '--from', '2026-03-01'],
    ...['--to', '2026-03-02', '-o', format, ...more],
  );

describe('the view of the engineer', { timeout: 180_000 }, () => {
  it('lists once what fails now, with the fix that the rule named, one’s own first', async () => {
    const { stdout } = await report('engineer', 'csv', '--owner', 'platform');
    const own = stdout.split('\r\n').filter((line) => line.startsWith('Failing now: platform,'));
    expect(own.filter((line) => line.includes('db1'))).toEqual([
      expect.stringContaining('Set encrypted = true.,2026-03-01 09:00:00,'),
    ]);
    // db2 is waived, db3 passed again, and web is of nobody that is called platform.
    for (const other of ['db2', 'db3', 'web']) expect(own.join('\n')).not.toContain(other);
    const others = stdout.split('\r\n').filter((line) => line.startsWith('Failing now: of others,'));
    expect(others.filter((line) => line.includes('web'))).toEqual([
      expect.stringContaining('alerts: no alarm,Set the alarms.,2026-03-01 09:00:00,'),
    ]);
    expect(stdout).toContain(
      'Findings that are open now: 1. Subjects that failed last in the period at other layers: 1.',
    );
    expect(stdout).toMatch(
      /Overrides that end soon,End within 30 days,OV-1,encrypted,2026-03-20 23:59:59,2026-02-20,1,ada,/,
    );
  });

  it('has the same as data', async () => {
    const { findings } = JSON.parse((await report('engineer', 'json')).stdout);
    expect(findings).toMatchObject([
      {
        ...{
          policy: 'alerts',
          subject: 'web',
          owner_by: 'default',
          layers: ['runtime'],
          fix: 'Set the alarms.',
        },
        covers: [{ policy: 'alerts', subject: 'web' }],
      },
    ]);
  });

  it('says that a limit is no number', async () => {
    const { code, stderr } = await report('overrides', 'csv', '--most-overrides', 'ten');
    expect([code, stderr]).toEqual([2, expect.stringContaining('is no whole number')]);
  });
});

describe('the view of the lead', { timeout: 180_000 }, () => {
  it('has each count with what it is of, and no score', async () => {
    const { stdout } = await report('lead', 'csv');
    expect(stdout).toContain('1 of 3 controls: no policy in force stops a fail of them at any layer.');
    expect(stdout).toContain(
      '"Of 2 controls with a policy or a decision, 2 have policies that stop a fail in one of the 5 layers only: cc6.1, cc7.2. 0 in none: none. 1 more of the 3 have neither. How many',
    );
    expect(stdout).toContain('0 of 0 engagements are open; 0 requests have no answer.');
    expect(stdout).not.toMatch(/%|score/i);
  });

  it('names what an auditor waits for', async () => {
    const scope = ['--framework', 'soc2', '--from', '2026-03-01', '--to', '2026-03-02'];
    const opened = await machine.run(
      ...['engagement', 'open', '--evidence', lake.folder, ...scope, '--auditor', 'eve@example.com'],
      ...['--expires', '2026-04-01', '-o', 'json'],
    );
    const [{ engagement }] = JSON.parse(opened.stdout).engagements;
    const asked = await machine.run(
      ...['engagement', 'request', engagement, 'Who approved OV-1?', '--evidence', lake.folder, '-o', 'json'],
    );
    expect([asked.code, asked.stderr]).toEqual([0, '']);
    const { engagements } = JSON.parse((await report('lead', 'json')).stdout);
    expect(engagements).toMatchObject([
      { engagement, state: 'open', requests: 1, unanswered: [{ text: 'Who approved OV-1?' }] },
    ]);
  });
});
