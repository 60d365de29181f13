import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { exhibit } from './workshop.ts';

const root = join(import.meta.dirname, '..', '..');
const schema = (name: string) =>
  JSON.parse(readFileSync(join(root, 'schemas', `${name}.schema.json`), 'utf8')) as object;
const compile = (name: string) => new Ajv2020({ strict: false }).compile(schema(name));

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
      summary: { subjects: 0, pass: 0, fail: 0, error: 0, not_applicable: 0, not_evaluated: 0, waived: 0 },
    };
    expect(valid(report), JSON.stringify(valid.errors)).toBe(true);
    const { summary: _, ...without } = report;
    expect(valid(without)).toBe(false);
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
