import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeDay } from '../../lake/index.ts';
import { CC61, type Fixture, type InForce, makeFixture } from '../../lake/testing/fixture.ts';
import { Machine } from '../testing/program.ts';
import { rerunSchema } from './rerun-schema.ts';
import { querySchema } from './schema.ts';

let lake: Fixture;
let map: InForce;
let machine: Machine;

beforeEach(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
  map = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
  await lake.decide(map, ['encrypted', 'db1', 'pass'], ['encrypted', 'db2', 'fail']);
  lake.at('2026-03-02T02:00:00.000Z');
  await closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
  machine = new Machine('2026-03-02T03:00:00.000Z');
});
afterEach(() => lake.remove());

const ask = (...more: string[]) => machine.run('query', ...more, '--evidence', lake.folder, '-o', 'json');
const DECISIONS = ['decisions', '--control', 'soc2/cc6.1', '--from', '2026-03-01', '--to', '2026-03-01'];

async function save(...question: string[]): Promise<string> {
  const { code, stdout, stderr } = await ask(...question, '--save', 'a first look', '--as', 'mina');
  expect(`${code} ${stderr}`).toBe('0 ');
  return querySchema.parse(JSON.parse(stdout)).saved?.record_id ?? '';
}
async function again(id: string, ...more: string[]) {
  const { code, stdout, stderr } = await ask('--rerun', id, ...more);
  expect(stderr).toBe('');
  return { code, document: rerunSchema.parse(JSON.parse(stdout)) };
}

describe('an answer that is saved', { timeout: 120_000 }, () => {
  it('is a record with a proof, of what was asked over which log, by a reference', async () => {
    const { stdout } = await ask(...DECISIONS, '--save', '--as', 'mina');
    const answer = querySchema.parse(JSON.parse(stdout));
    const { log_index = 0, proof } = answer.saved ?? {};
    const { bytes } = await lake.ledger.entry(log_index);
    const record = JSON.parse(Buffer.from(bytes).toString());
    expect(record).toMatchObject({
      record_type: 'query',
      emitter: 'exhibit.audit',
      actor: expect.stringMatching(/^actor:/),
      details: {
        kind: 'query saved',
        name: 'decisions',
        ledger: answer.ledger,
        period: { from: '2026-03-01', to: '2026-03-01' },
        coverage: { complete: true, gaps: 0 },
        row_count: 2,
        result_digest: answer.result_digest,
      },
    });
    expect(JSON.stringify(record)).not.toContain('mina');
    expect(proof).toMatch(/^c2sp\.org\/tlog-proof@v1\n/);
  });

  it('is the same again, also after more was recorded and its day was closed', async () => {
    const id = await save(...DECISIONS);
    lake.at('2026-03-03T10:00:00.000Z');
    await lake.decide(map, ['encrypted', 'db3', 'fail']);
    machine.at('2026-03-04T10:00:00.000Z');
    const { code, document } = await again(id, '--save');
    expect({ code, outcome: document.outcome, changes: document.changes }).toEqual({
      code: 0,
      outcome: 'same',
      changes: [],
    });
    const { stdout } = await ask('--saved');
    const listed = querySchema.parse(JSON.parse(stdout));
    const at = listed.columns.findIndex(({ name }) => name === 'kind');
    expect(listed.rows.map((row) => row[at])).toEqual(['query saved', 'query run again']);
  });

  it('over an open day is the same once that day is closed, and never complete', async () => {
    const sql = 'SELECT record_type, count(*) AS n FROM fact GROUP BY 1';
    const { code, stdout } = await ask('--sql', sql, '--save');
    expect(code).toBe(3);
    const id = querySchema.parse(JSON.parse(stdout)).saved?.record_id ?? '';
    lake.at('2026-03-03T02:00:00.000Z');
    await closeDay(lake.ledger, '2026-03-02', { clock: lake.clock });
    const { code: then, document } = await again(id);
    expect([then, document.outcome]).toEqual([3, 'same']);
    expect(document.limits.join()).toContain('2026-03-02');
  });

  it('says which rows changed, where they were kept: here a file of the lake was tampered with', async () => {
    const id = await save(...DECISIONS, '--keep-rows');
    const file = join(lake.folder, CC61);
    chmodSync(file, 0o644);
    writeFileSync(file, 'other');
    const { code, document } = await again(id);
    expect([code, document.outcome]).toEqual([1, 'changed']);
    expect(document.changes).toEqual(
      expect.arrayContaining(['rows: 2 then, 0 now', 'all files read: yes then, no now']),
    );
    expect(document.rows?.gone).toHaveLength(2);
    expect(document.rows?.come).toEqual([]);
  });

  it('is refused where nobody should read it for ever, or it has no log of its own', async () => {
    const key = `AKIA${'Q4ZX7RNB2MLP5VTC'}`;
    const asked: string[][] = [
      ['--sql', `SELECT count(*) AS n FROM fact WHERE message = '${key}'`, '--save'],
      [...DECISIONS, '--save', '../name'],
      [...DECISIONS, '--save', '--evidence', 's3://bucket/prefix'],
    ];
    for (const one of asked) expect((await ask(...one)).code).toBe(2);
    expect((await ask('--rerun', '019ca8d7-2d00-7def-90be-371efe15a80a')).code).toBe(2);
  });

  it('that another emitter sent under its words is none', async () => {
    const id = await save(...DECISIONS);
    const { bytes } = await lake.ledger.entry((await lake.ledger.find(id)) ?? 0);
    const { details } = JSON.parse(Buffer.from(bytes).toString());
    const [forged = ''] = await lake.put('ci', { record_type: 'query', details });
    expect((await ask('--rerun', forged)).code).toBe(2);
  });
});

describe('a scope', { timeout: 120_000 }, () => {
  it('holds the question in it, and the answer says so', async () => {
    const scope = ['--scope', 'soc2:2026-03-01:2026-03-01'];
    const { stdout } = await ask('--sql', 'SELECT subject_id FROM evidence', ...scope);
    expect(querySchema.parse(JSON.parse(stdout))).toMatchObject({
      scope: { framework: 'soc2', from: '2026-03-01', to: '2026-03-01' },
      row_count: 2,
    });
    const out = [
      ['--framework', 'iso27001'],
      ['--from', '2026-02-28'],
      ['--to', '2026-03-02'],
      ['--control', 'iso27001/a.8.24'],
    ];
    for (const more of out) expect((await ask('decisions', ...scope, ...more)).code).toBe(2);
    expect((await ask('decisions', '--scope', 'soc2:2026-03-01')).code).toBe(2);
  });
});
