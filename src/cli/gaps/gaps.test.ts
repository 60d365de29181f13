import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openLedger } from '../../ledger/index.ts';
import { commitAll, FIXTURE, writeFixture } from '../../policy/testing/fixture.ts';
import { SCHEMA, uuidv7 } from '../../record/index.ts';
import { Machine } from '../testing/program.ts';
import { type GapsReport, gapsSchema } from './schema.ts';

const EMITTERS = `emitters:
  - {name: "gate@*", owner: platform@example.com, cadence: P1D, since: 2026-11-01}
`;
let machine: Machine;
let bundle: string[];

beforeEach(() => start(), 60_000);

/** The one policy of the fixture that has a cadence in time. */
const DAILY = Object.keys(FIXTURE).find((name) => FIXTURE[name]?.includes('cadence: P1D')) ?? '';

/** A machine of its own with the bundle of a small repository; `more` are files of it. */
async function start(more: Record<string, string> = {}): Promise<void> {
  machine = new Machine('2026-11-10T12:00:00Z');
  const repository = await writeFixture({
    '.gitignore': '/.exhibit/\n',
    'overrides/ok.yaml': undefined,
    'exhibit.yaml': `${FIXTURE['exhibit.yaml']}${EMITTERS}`,
    [DAILY]: FIXTURE[DAILY]?.replace('cadence: P1D', 'cadence: change'),
    ...more,
  });
  await commitAll(repository);
  await done('policy', 'build', repository);
  await done('policy', 'sign', repository);
  await done('ledger', 'init', 'evidence');
  const built = join(repository, '.exhibit');
  bundle = ['--bundle', join(built, 'bundle.tar.gz'), '--bundle-key', join(built, 'keys', 'bundle.pub.pem')];
  writeFileSync(join(machine.folder, 'boxes.json'), '{"boxes": [{"id": "box/1", "sealed": true}]}');
}

async function done(...args: string[]): Promise<void> {
  const { code, stderr } = await machine.run(...args);
  expect(`${code} ${stderr}`).toMatch(/^0 /);
}

const check = (emitter = 'gate@runner-1') =>
  done('check', 'boxes.json', ...bundle, '--evidence', 'evidence', '--emitter', emitter);

async function gaps(...flags: string[]): Promise<{ code: number; report: GapsReport }> {
  const { code, stdout } = await machine.run('gaps', '--evidence', 'evidence', '-o', 'json', ...flags);
  return { code, report: gapsSchema.parse(JSON.parse(stdout)) };
}

describe('an emitter that is expected', () => {
  it('has no gap while it runs as often as it should', async () => {
    for (const day of ['10', '11', '12']) {
      machine.at(`2026-11-${day}T12:00:00Z`);
      // Any runner of the group is enough.
      await check(`gate@runner-${day}`);
    }
    const { code, report } = await gaps('--from', '2026-11-11');
    expect(report.gaps).toEqual([]);
    expect(code).toBe(0);
    expect(report.emitters).toMatchObject([{ name: 'gate@*', runs: 2, gaps: 0 }]);
  });

  it('has one after it was silent for one cadence and its grace', async () => {
    await check();
    // 10 November 12:00, a day, and a tenth of it: 14:24 on the next day.
    machine.at('2026-11-11T14:24:00Z');
    expect((await gaps('--from', '2026-11-10T12:00:00Z')).report.gaps).toMatchObject([
      { ended: expect.any(String) },
    ]);
    machine.at('2026-11-11T14:24:00.001Z');
    const { code, report } = await gaps('--from', '2026-11-11');
    expect(code).toBe(1);
    expect(report.gaps).toEqual([
      {
        kind: 'run missing',
        emitter: 'gate@*',
        owner: 'platform@example.com',
        last: '2026-11-10T12:00:00.000Z',
        due: '2026-11-11T14:24:00.000Z',
        missed: 1,
        every: 'P1D',
      },
    ]);
  });

  it('is missed from the first day on which it was expected', async () => {
    await check('another');
    const { report } = await gaps('--from', '2026-11-01');
    expect(report.gaps).toMatchObject([{ kind: 'run missing', due: '2026-11-02T02:24:00.000Z' }]);
    expect(report.unregistered).toMatchObject([{ name: 'another', tools: ['exhibit'] }]);
  });

  it('leaves a record when a day is closed, one for each silence', async () => {
    await check();
    machine.at('2026-11-13T12:00:00Z');
    const closed = await machine.run('lake', 'close', 'evidence', '--all');
    // The days before the first run, and the two days since.
    expect(closed.stdout).toContain('2 new gap records');
    machine.at('2026-11-14T12:00:00Z');
    const again = await machine.run('lake', 'close', 'evidence', '--all');
    expect(again.stdout).not.toContain('new gap record');
    const day = ['--from', '2026-11-13', '--to', '2026-11-13', '-o', 'json'];
    const { stdout } = await machine.run('query', 'gap-records', '--evidence', 'evidence', ...day);
    const { columns, rows } = JSON.parse(stdout) as { columns: { name: string }[]; rows: unknown[][] };
    const message = columns.findIndex(({ name }) => name === 'message');
    expect(rows.map((row) => row[message])).toContain(
      'gate@*: a run was due at 2026-11-11T14:24:00.000Z at the latest (every P1D); the last came at 2026-11-10T12:00:00.000Z',
    );
  });
});

it('numbers that never came, and decisions of a run that are not there', async () => {
  await check();
  const ledger = await openLedger(join(machine.folder, 'evidence'), {
    clock: () => machine.now,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
  });
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const run_id = uuidv7(machine.now, random);
  const record = (sequence: number, run_total?: number) => ({
    schema: SCHEMA as typeof SCHEMA,
    record_id: uuidv7(machine.now, random),
    observed_at: '2026-11-10T12:00:00.000Z',
    emitter: 'scanner',
    layer: 'ci' as const,
    tool: 'scanner',
    sequence,
    ...(run_total === undefined
      ? { record_type: 'heartbeat' as const }
      : { record_type: 'run' as const, run_id, run_total }),
  });
  await ledger.appendNumbered([record(0), record(4), record(5, 3)]);
  await ledger.seal();
  await ledger.close();
  machine.at('2026-11-10T13:00:00Z');
  const { report } = await gaps('--from', '2026-11-10');
  expect(report.gaps.filter((gap) => 'emitter' in gap && gap.emitter === 'scanner')).toMatchObject([
    { kind: 'sequence missing', first: 1, last_number: 3, missing: 3 },
    { kind: 'run incomplete', run_id, expected: 3, arrived: 0 },
  ]);
});

it('numbers that were missing before the period are none of its gaps, though the emitter goes on', async () => {
  await check();
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const send = async (...sequences: number[]) => {
    const ledger = await openLedger(join(machine.folder, 'evidence'), { clock: () => machine.now, random });
    const common = {
      schema: SCHEMA as typeof SCHEMA,
      emitter: 'scanner',
      layer: 'ci' as const,
      tool: 'scanner',
    };
    await ledger.appendNumbered(
      sequences.map((sequence) => ({
        ...common,
        ...{ record_id: uuidv7(machine.now, random), observed_at: '2026-11-10T12:00:00.000Z', sequence },
        record_type: 'heartbeat' as const,
      })),
    );
    await ledger.seal();
    await ledger.close();
  };
  await send(0, 4);
  machine.at('2026-11-11T12:00:00Z');
  await send(5);
  const missing = async (from: string) =>
    (await gaps('--from', from)).report.gaps.filter(({ kind }) => kind === 'sequence missing');
  expect(await missing('2026-11-10')).toMatchObject([{ shown_at: '2026-11-10T12:00:00.000Z' }]);
  expect(await missing('2026-11-11')).toEqual([]);
});

it('what Exhibit itself wrote is not among those that nobody registered', async () => {
  await check('another');
  machine.at('2026-11-12T12:00:00Z');
  await done('lake', 'close', 'evidence', '--all');
  const { report } = await gaps('--from', '2026-11-10');
  expect(report.unregistered.map(({ name }) => name)).toEqual(['another']);
});

it('without anybody who is expected nothing can be missing, and that is said', async () => {
  await done('ledger', 'init', 'empty');
  const { code, stdout } = await machine.run('gaps', '--evidence', 'empty');
  expect(code).toBe(3);
  expect(stdout).toContain('no emitter is expected');
});

describe('a policy with a cadence', () => {
  const box = FIXTURE['policies/box/box-sealed/policy.rego'] ?? '';
  const daily = {
    'exhibit.yaml': FIXTURE['exhibit.yaml'] ?? '',
    'policies/box/box-sealed/policy.rego': box.replace('cadence: change', 'cadence: P1D'),
  };
  const silent = (report: GapsReport) => report.gaps.filter(({ kind }) => kind === 'policy not judged');

  it('has a gap where it came to no verdict within it, and its tenth', { timeout: 60_000 }, async () => {
    await start(daily);
    await check();
    // As with an emitter: 10 November 12:00, a day, and a tenth of it.
    machine.at('2026-11-11T14:24:00Z');
    expect(silent((await gaps('--from', '2026-11-10T12:00:00Z')).report)).toEqual([]);
    machine.at('2026-11-11T14:24:00.001Z');
    const { code, report } = await gaps('--from', '2026-11-10');
    expect(code).toBe(1);
    expect(silent(report)).toEqual([
      {
        kind: 'policy not judged',
        policy: 'box-sealed',
        owner: 'packing',
        last: '2026-11-10T12:00:00.000Z',
        due: '2026-11-11T14:24:00.000Z',
        missed: 1,
        every: 'P1D',
      },
    ]);
    expect(report.policies).toEqual([
      { id: 'box-sealed', owner: 'packing', cadence: 'P1D', last: '2026-11-10T12:00:00.000Z', gaps: 1 },
    ]);
    // That there was nothing to judge is an answer.
    writeFileSync(join(machine.folder, 'boxes.json'), '{"boxes": []}');
    expect((await machine.run('check', 'boxes.json', ...bundle, '--evidence', 'evidence')).code).toBe(3);
    expect(silent((await gaps('--from', '2026-11-10')).report)).toMatchObject([
      { ended: '2026-11-11T14:24:00.001Z' },
    ]);
    // What ended before the period is none of its gaps.
    machine.at('2026-11-11T20:00:00Z');
    expect(silent((await gaps('--from', '2026-11-11T15:00:00Z')).report)).toEqual([]);
  });

  it('leaves a record that names it, once it was judged here; one that never was is listed', {
    timeout: 60_000,
  }, async () => {
    await start({ ...daily, 'policies/box/box-sealed/policy.rego': box });
    await check();
    machine.at('2026-11-13T12:00:00Z');
    expect(silent((await gaps()).report)).toEqual([]);

    await start(daily);
    await check();
    machine.at('2026-11-13T12:00:00Z');
    const { stdout } = await machine.run('gaps', '--evidence', 'evidence', '--record', '-o', 'json');
    expect(gapsSchema.parse(JSON.parse(stdout)).added).toBe(1);
    const asked = await machine.run('query', 'gap-records', '--evidence', 'evidence', '-o', 'json');
    const { columns, rows } = JSON.parse(asked.stdout) as { columns: { name: string }[]; rows: unknown[][] };
    const cell = (name: string) => rows[0]?.[columns.findIndex((column) => column.name === name)];
    expect([rows.length, cell('policy_id'), cell('message')]).toEqual([
      1,
      'box-sealed',
      'box-sealed: it was to be judged by 2026-11-11T14:24:00.000Z at the latest (every P1D); the last verdict came at 2026-11-10T12:00:00.000Z',
    ]);
    expect((await machine.run('gaps', '--evidence', 'evidence')).stdout).toContain(
      'gap: policy not judged: box-sealed: due 2026-11-11T14:24:00.000Z',
    );
  });

  it('that was never judged is listed and not recorded', { timeout: 60_000 }, async () => {
    await start({
      ...daily,
      'policies/box/box-sealed/policy.rego': daily['policies/box/box-sealed/policy.rego'].replace(
        'layers: {ci: enforce, pre-commit: warn}',
        'layers: {runtime: observe}',
      ),
    });
    await machine.run('check', 'boxes.json', ...bundle, '--evidence', 'evidence');
    machine.at('2026-11-13T12:00:00Z');
    const { stdout } = await machine.run('gaps', '--evidence', 'evidence', '--record', '-o', 'json');
    const report = gapsSchema.parse(JSON.parse(stdout));
    // From the begin of the log: before it nothing could be in it.
    expect(silent(report)).toMatchObject([
      { policy: 'box-sealed', due: '2026-11-11T14:24:00.000Z', missed: 2 },
    ]);
    expect(silent(report)[0]).not.toHaveProperty('last');
    expect(report.added).toBe(0);
  });
});
