import { describe, expect, it } from 'vitest';
import { readOverride } from './index.ts';
import { readOverrides } from './override-files.ts';

const policies = new Set(['db-encrypted']);
const good = {
  id: 'OV-1',
  policy: 'db-encrypted',
  scope: { subjects: ['aws_db_instance.legacy'] },
  owner: 'Ada Lovelace',
  approver: 'Grace Hopper',
  reason: 'The database is retired in March; see the plan.',
  ticket: 'https://tickets.example.org/OV-1',
  created: '2026-01-01',
  sunset: '2026-03-31',
};
const { sunset: _, ...withoutSunset } = good;

describe('readOverride', () => {
  it('reads a bare sunset as the end of that day in UTC, a bare creation as its beginning', () => {
    expect(readOverride(good, policies)).toMatchObject({
      created: '2026-01-01T00:00:00.000Z',
      sunset: '2026-03-31T23:59:59.999Z',
    });
  });

  it('reads an instant with its offset', () => {
    expect(readOverride({ ...good, sunset: '2026-03-31T12:00:00+02:00' }, policies)).toMatchObject({
      sunset: '2026-03-31T10:00:00.000Z',
    });
  });

  it('names the override by the digest of its canonical form: order of fields does not matter, content does', () => {
    const first = readOverride(good, policies);
    const turned = readOverride(Object.fromEntries(Object.entries(good).reverse()), policies);
    const other = readOverride({ ...good, reason: `${good.reason}!` }, policies);
    expect(first).toEqual(turned);
    expect(first).not.toMatchObject({ digest: (other as { digest: string }).digest });
    // printf '<canonical JSON of it>' | openssl dgst -sha256
    expect(first).toMatchObject({
      digest: 'sha256:0375360322823a15a8144858261b9cff5d56b364c3786ae26d39728dae7dd20f',
    });
  });

  it.each([
    ['owner', { owner: '' }],
    ['owner', { owner: undefined }],
    ['approver', { approver: '  ' }],
    ['reason', { reason: 'nineteen characters' }],
    ['scope', { scope: {} }],
    ['scope', { scope: { subjects: [] } }],
    ['scope', { scope: { everything: true } }],
    ['scope', { scope: { layers: ['production'] } }],
    ['ticket', { ticket: 'JIRA-1' }],
    ['ticket', { ticket: 'javascript:alert(1)' }],
    ['created', { created: undefined }],
    ['sunset is not a date', { sunset: 'soon' }],
    ['sunset is not a date', { sunset: '2026-02-30' }],
    ['sunset is not a date', { sunset: '2026-02-30T10:00:00Z' }],
    ['sunset is not a date', { sunset: '2026-03-31T12:00:00' }],
    ['sunset is not a date', { sunset: '31.03.2026' }],
    ['created is not a date', { created: '2026-1-1' }],
    ['sunset', { sunset: 20260331 }],
    ['approver is its owner', { approver: 'ADA  lovelace ' }],
    ['approver is its owner', { approver: 'Ａda Lovelace' }],
    ['lies before', { sunset: '2025-12-31' }],
    ['no policy', { policy: 'db-encryptd' }],
    ['forever', { forever: true }],
  ])('does not apply, and says why: %s', (reason, change) => {
    expect(readOverride({ ...good, ...change }, policies)).toEqual(expect.stringContaining(reason));
  });

  it('does not apply without a sunset, nor when it is no object', () => {
    expect(readOverride(withoutSunset, policies)).toContain('sunset');
    for (const value of [null, [], 'x', undefined])
      expect(typeof readOverride(value, policies)).toBe('string');
  });
});

describe('readOverrides', () => {
  const yaml = (value: object) => Buffer.from(JSON.stringify(value));

  it('rejects both of two files with one id', () => {
    const files = new Map([
      ['overrides/a.yaml', yaml(good)],
      ['overrides/b.yaml', yaml({ ...good, scope: { types: ['**'] } })],
    ]);
    const { overrides, rejected } = readOverrides(files, policies);
    expect(overrides).toEqual([]);
    expect(rejected.map(({ file, id }) => [file, id])).toEqual([
      ['overrides/a.yaml', 'OV-1'],
      ['overrides/b.yaml', 'OV-1'],
    ]);
  });

  it('rejects what is not YAML and what repeats a key, with the line', () => {
    const files = new Map([
      ['overrides/broken.yaml', Buffer.from('id: [\n')],
      ['overrides/twice.yaml', Buffer.from(`sunset: 2026-01-01\nsunset: 2030-01-01\n`)],
      ['overrides/README.md', Buffer.from('How to write one')],
    ]);
    const { rejected, problems } = readOverrides(files, policies);
    expect(rejected.map(({ file }) => file)).toEqual(['overrides/broken.yaml', 'overrides/twice.yaml']);
    expect(problems.every(({ location }) => location.line !== undefined)).toBe(true);
  });
});
