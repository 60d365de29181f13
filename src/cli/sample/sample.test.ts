import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { closeDay } from '../../lake/index.ts';
import { type Fixture, makeFixture } from '../../lake/testing/fixture.ts';
import { populationSchema } from '../population/schema.ts';
import { Machine } from '../testing/program.ts';
import { sampleListSchema, sampleSchema } from './schema.ts';

const DAY = '2026-03-01';
const NONCE = '0123456789abcdef';
const SCOPE = ['--control', 'soc2/cc6.1', '--from', DAY, '--to', DAY];
let lake: Fixture;
let machine: Machine;

beforeEach(async () => {
  lake = await makeFixture(`${DAY}T10:00:00.000Z`);
  const map = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
  await lake.decide(
    map,
    ...Array.from({ length: 9 }, (_, at) => ['encrypted', `db${at}`, at === 4 ? 'fail' : 'pass'] as const),
    ['encrypted', '=cmd|calc', 'pass', { layer: 'admission' }],
    ['encrypted', 'db4', 'pass'],
  );
  machine = new Machine(`${DAY}T12:00:00.000Z`);
});
afterEach(() => lake.remove());

async function over(): Promise<void> {
  lake.at('2026-03-02T01:00:00.000Z');
  machine.at('2026-03-02T02:00:00.000Z');
  await closeDay(lake.ledger, DAY, { clock: lake.clock });
}

const run = (...args: string[]) => machine.run(...args, '--evidence', lake.folder);

async function sample(...flags: string[]): Promise<z.infer<typeof sampleSchema>> {
  const { stdout, stderr } = await run('sample', ...SCOPE, '-o', 'json', ...flags);
  expect(stderr).toBe('');
  return sampleSchema.parse(JSON.parse(stdout));
}
const ids = ({ items }: { items: readonly { id: string }[] }) => items.map(({ id }) => id);

describe('a sample of a period that is over', () => {
  beforeEach(over);

  it('is the same for the same nonce, each draw is counted, and none can be thrown away', async () => {
    const flags = ['--nonce', NONCE, '--size', '4', '--census', '0'];
    const first = await sample(...flags);
    expect(first).toMatchObject({ interim: false, population: { count: 11 }, draw: { number: 1 } });
    expect(first.items).toHaveLength(4);
    expect(first.items.every(({ proven_in }) => proven_in > 11)).toBe(true);
    const second = await sample(...flags);
    expect(ids(second)).toEqual(ids(first));
    // Another nonce, because the first sample did not please.
    const third = await sample('--nonce', 'fedcba9876543210', '--size', '4', '--census', '0');
    expect(ids(third)).not.toEqual(ids(first));
    expect(third.draw).toMatchObject({ number: 3, same_population: 3, earlier: [{ draw: 1 }, { draw: 2 }] });
    // Neither does another unit begin to count anew.
    const fourth = await sample('--unit', 'subject', '--nonce', NONCE);
    expect(fourth).toMatchObject({ draw: { number: 4, same_population: 1 }, population: { count: 10 } });
    const { code, stdout } = await run('sample', 'list', ...SCOPE, '-o', 'json');
    const { draws } = sampleListSchema.parse(JSON.parse(stdout));
    expect(draws.map(({ draw, nonce }) => [draw, nonce])).toEqual([
      [1, NONCE],
      [2, NONCE],
      [3, 'fedcba9876543210'],
      [4, NONCE],
    ]);
    expect(code).toBe(0);
  }, 120_000);

  it('is drawn again from its record, by whoever has the log', async () => {
    const { draw } = await sample('--size', '4', '--census', '0', '--strata', 'layer');
    const { code, stdout } = await run('sample', 'again', draw.record_id ?? '');
    expect(stdout).toContain('the same sample');
    expect(code).toBe(0);
    expect((await run('sample', 'again', '019a9c1e-7a00-7def-90be-371efe15a80a')).code).not.toBe(0);
  });

  it('says of a subject what failed before it passed', async () => {
    const { items } = await sample('--unit', 'subject', '--nonce', NONCE);
    expect(items.find(({ subject_id }) => subject_id === 'db4')).toMatchObject({
      verdict: 'pass',
      decisions: 2,
      failed: 1,
    });
  });

  it('as a table says which draw it is, and as CSV runs no formula', async () => {
    const shown = await run('sample', ...SCOPE, '--nonce', NONCE);
    expect(shown.stdout).toContain('draw 1 of this population');
    expect(shown.stdout).toContain('NOT RECONCILED');
    // Nobody was expected, so nobody could be missing.
    expect(shown.code).toBe(3);
    const { stdout } = await run('sample', ...SCOPE, '-o', 'csv');
    expect(stdout).toContain(",'=cmd|calc,");
    expect(stdout.split('\r\n')[1]).toMatch(/,2,[0-9a-f-]{36},false,false,false$/);
  });

  it('is none where rows of the lake were taken away', async () => {
    const folder = join(lake.folder, 'evidence', 'soc2', 'cc6.1', 'year=2026', 'month=03', 'day=01');
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    const { code, stderr } = await run('sample', ...SCOPE, '--nonce', NONCE);
    expect(stderr).toContain('LAKE_FAILED');
    expect(stderr).toContain('this is not the whole population');
    expect(code).not.toBe(0);
    const { stdout } = await run('sample', 'list', ...SCOPE);
    expect(stdout).toContain('0 draws');
  });

  it('takes a size from a table, with its source', async () => {
    writeFileSync(
      join(machine.folder, 'sizes.yaml'),
      'source: our own\nrows: [{up_to: 5, size: 2}, {size: 3}]\n',
    );
    const { items, rule } = await sample('--table', 'sizes.yaml', '--census', '0');
    expect(items).toHaveLength(3);
    expect(rule).toEqual({ rule: 'table', source: 'our own' });
    writeFileSync(join(machine.folder, 'sizes.yaml'), 'rows: [{size: 3}]\n');
    const { stderr } = await run('sample', ...SCOPE, '--table', 'sizes.yaml');
    expect(stderr).toContain('CONFIG_INVALID');
  });

  it('of a control that nobody judged is none', async () => {
    const { code, stderr } = await run('sample', '--control', 'soc2/cc9.9', '--from', DAY, '--to', DAY);
    expect(stderr).toContain('the population is empty');
    expect(code).not.toBe(0);
  });
});

it('a period that goes on is refused, unless it is an interim sample that says so', async () => {
  const refused = await run('sample', ...SCOPE, '--nonce', NONCE);
  expect(refused.stderr).toContain('the period is not over');
  expect(refused.code).toBe(2);
  const drawn = await sample('--nonce', NONCE, '--interim');
  expect(drawn).toMatchObject({ interim: true, exit_code: 3 });
});

it('a population is shown with its question, and asking is on the record', async () => {
  await over();
  const asked = await run('population', ...SCOPE, '-o', 'json');
  const shown = populationSchema.parse(JSON.parse(asked.stdout));
  expect(shown).toMatchObject({
    query: { name: 'population-of-control', parameters: { control: 'cc6.1' } },
    population: { count: 11, verdicts: { pass: 10, fail: 1 } },
    completeness: { emitters_expected: 0 },
    reconciled: false,
    exit_code: 3,
  });
  const again = await run('query', 'audit-acts', '--to', '2026-03-02', '-o', 'json');
  expect(again.stdout).toContain(shown.recorded?.record_id);
  const { stdout } = await run('population', ...SCOPE, '-o', 'ids', '--no-record');
  expect(stdout.trimEnd().split('\n')).toHaveLength(11);
  const policy = ['--framework', 'soc2', '--policy', 'encrypted', '--from', DAY, '--to', DAY];
  const ofPolicy = await run('population', ...policy, '-o', 'json');
  expect(populationSchema.parse(JSON.parse(ofPolicy.stdout)).population.digest).toBe(shown.population.digest);
});
