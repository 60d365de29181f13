import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { json } from '../../src/cli/query/answer.ts';
import { closeDay, query } from '../../src/lake/index.ts';
// Not part of the lake's contract: a ledger with decisions for tests.
import { firstOfMarch, makeFixture } from '../../src/lake/testing/fixture.ts';
import { exhibit, temporary } from './workshop.ts';

const root = join(import.meta.dirname, '..', '..');
const schema = (name: string) =>
  JSON.parse(readFileSync(join(root, 'schemas', `${name}.schema.json`), 'utf8')) as object;
const compile = (name: string) =>
  new Ajv2020({ strict: false, formats: { uri: true } }).compile(schema(name));

const record = {
  schema: 'exhibit.record/1',
  record_id: '0192f0c1-2d3e-7f00-8000-000000000001',
  record_type: 'heartbeat',
  observed_at: '2026-11-20T10:00:00.000Z',
  recorded_at: '2026-11-20T10:00:01.000Z',
  emitter: 'ledger',
  layer: 'evidence',
  tool: 'exhibit',
};

describe('published JSON Schemas, as another implementation reads them', () => {
  it('record: accepts a record and refuses an unknown field or a wrong time', () => {
    const valid = compile('record');
    expect(valid(record), JSON.stringify(valid.errors)).toBe(true);
    expect(valid({ ...record, extra: 1 })).toBe(false);
    expect(valid({ ...record, observed_at: '2026-11-20 10:00' })).toBe(false);
  });

  it('config: refuses an unknown setting', () => {
    const valid = compile('config');
    expect(valid({ layer: 'ci' })).toBe(true);
    expect(valid({ layr: 'ci' })).toBe(false);
  });

  it('check: refuses a report without its summary', () => {
    const valid = compile('check');
    const report = {
      schemaVersion: 1,
      bundle: { digest: 'd', revision: 'r' },
      effective_time: null,
      results: [],
      layer: 'ci',
      fail_on: 'high',
      exit_code: 3,
      reason: 'nothing was judged',
      overrides: { used: [], orphans: [], expired: [], expiring_14: [], expiring_7: [] },
      summary: { subjects: 0, pass: 0, fail: 0, error: 0, not_applicable: 0, not_evaluated: 0, waived: 0 },
    };
    expect(valid(report), JSON.stringify(valid.errors)).toBe(true);
    const { summary: _, ...without } = report;
    expect(valid(without)).toBe(false);
  });

  it('query: accepts what the program prints, complete or not, and refuses an answer without its header', () => {
    const valid = compile('query');
    const folder = join(temporary('query-schema'), 'evidence');
    const run = (...args: string[]) => exhibit(args, { env: { EXHIBIT_SOURCE: '1' } });
    expect(run('ledger', 'init', folder, '--origin', 'schema.example.com/log').code).toBe(0);
    const answers = [
      ['late-records'],
      ['verdicts-by-day', '--control', 'soc2/cc6.1', '--from', '2026-03-01', '--to', '2026-03-03'],
      ['--sql', 'SELECT log_index, recorded_at, details FROM fact'],
    ].map((args) => run('query', ...args, '--evidence', folder, '-o', 'json'));
    for (const { code, stdout, stderr } of answers) {
      // An empty log is never a complete answer.
      expect(code, stderr).toBe(3);
      expect(valid(JSON.parse(stdout)), JSON.stringify(valid.errors)).toBe(true);
    }
    const { coverage: _, ...without } = JSON.parse(answers[0]?.stdout ?? '');
    expect(valid(without)).toBe(false);
  });

  it('query: accepts an answer with rows, open days and gaps of every sort', async () => {
    const valid = compile('query');
    const lake = await makeFixture('2026-03-01T10:00:00.000Z');
    try {
      const map = await firstOfMarch(lake);
      lake.at('2026-03-02T02:00:00.000Z');
      await closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
      await lake.decide(map, ['encrypted', 'db1', 'fail', { details: { a: [1, 'x'] } }]);
      const request = { sql: 'SELECT log_index, recorded_at, late, details FROM evidence' };
      for (const options of [{}, { rowLimit: 1 }, { tailLimit: 0 }]) {
        const answer = await query(lake.ledger, request, options);
        expect(valid(JSON.parse(json(answer))), JSON.stringify(valid.errors)).toBe(true);
      }
    } finally {
      await lake.remove();
    }
  });

  it('override: accepts what `override request` writes and refuses what would not apply', () => {
    const valid = compile('override');
    const folder = temporary('override-schema');
    cpSync(join(root, 'policies'), folder, { recursive: true });
    const ended = exhibit([
      ...['override', 'request', folder, '--policy', 'container-not-privileged', '--id', 'shop-web'],
      ...['--subject', 'Pod/production/shop/**', '--owner', 'ada@example.com'],
      ...['--ticket', 'https://tickets.example.com/SHOP-417'],
      ...['--reason', 'The kernel module needs it until its vendor ships the fix.'],
    ]);
    expect(ended.code, ended.stderr).toBe(0);
    const asked = parse(readFileSync(join(folder, 'overrides', 'shop-web.yaml'), 'utf8')) as object;
    // Nobody has approved it yet.
    expect(valid(asked)).toBe(false);
    const written = { ...asked, approver: 'grace@example.com' };
    expect(valid(written), JSON.stringify(valid.errors)).toBe(true);
    expect(valid({ ...written, sunset: '2027-03-31T12:00:00+02:00' }), JSON.stringify(valid.errors)).toBe(
      true,
    );
    for (const field of ['id', 'policy', 'scope', 'owner', 'reason', 'ticket', 'created', 'sunset'])
      expect([field, valid({ ...written, [field]: undefined })]).toEqual([field, false]);
    for (const change of [
      { scope: {} },
      { scope: { subject: ['x'] } },
      { scope: { layers: ['production'] } },
      { reason: 'short' },
      { until: '2027-01-01' },
      { sunset: 'soon' },
      { sunset: '31.03.2027' },
      { sunset: '2027-03-31T12:00:00' },
      { sunset: '2027-03-31T24:00:00Z' },
    ])
      expect([change, valid({ ...written, ...change })]).toEqual([change, false]);
  });

  it('policy-coverage: accepts what the command prints and refuses a share instead of a count', () => {
    const valid = compile('policy-coverage');
    const { code, stdout } = exhibit(['policy', 'coverage', 'policies', '-o', 'json', '--on', '2026-11-30']);
    expect(code).toBe(0);
    const printed = JSON.parse(stdout) as { frameworks: object[] };
    expect(valid(printed), JSON.stringify(valid.errors)).toBe(true);
    const [first, ...rest] = printed.frameworks;
    expect(valid({ ...printed, frameworks: [{ ...first, automated: 0.5 }, ...rest] })).toBe(false);
  });
});
