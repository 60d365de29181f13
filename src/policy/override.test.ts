import { describe, expect, it } from 'vitest';
import { LONGEST_DAYS, readOverride } from './index.ts';
import { readOverrides } from './override-files.ts';

const policies = new Map([['db-encrypted', 'high' as const]]);
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
    ['there is no policy db-encryptd; did you mean db-encrypted?', { policy: 'db-encryptd' }],
    ['forever', { forever: true }],
  ])('does not apply, and says why: %s', (reason, change) => {
    expect(readOverride({ ...good, ...change }, policies)).toEqual(expect.stringContaining(reason));
  });

  it.each([
    ['a zero-width space', 'anna@example.com', 'anna\u200b@example.com'],
    ['a soft hyphen', 'anna@example.com', 'an\u00adna@example.com'],
    ['a word joiner', 'anna@example.com', 'anna@example.com\u2060'],
    ['a display name', 'anna@example.com', 'Anna <anna@example.com>'],
    ['two display names', 'Anna Meier <anna@example.com>', '"A. Meier" <ANNA@example.com.>'],
    ['a comment', 'anna@example.com', 'anna@example.com (Anna)'],
    ['a plus tag', 'anna@example.com', 'anna+2@example.com'],
    ['a mention', 'anna', '@anna'],
    ['a mention and its address', '@anna', 'anna@example.com'],
    ['the display name alone', 'Anna Meier <a.meier@example.com>', 'anna meier'],
    ['a scheme', 'anna@example.com', 'mailto:anna@example.com'],
    ['a dotless i', 'IGOR@EXAMPLE.COM', 'ıgor@example.com'],
    ['a dotted capital I', 'igor@example.com', 'İgor@example.com'],
    ['letters that all look Latin', 'ace@example.com', '\u0430\u0441\u0435@example.com'],
    ['a domain in its other form', 'anna@bücher.example', 'anna@xn--bcher-kva.example'],
    ['a quoted local part (RFC 5321)', 'anna@example.com', '"anna"@example.com'],
    ['a quoted pair within it', 'anna@example.com', '"an\\na"@example.com'],
    ['quotes around a handle', '@anna', '"anna"'],
    ['capitals that all look Latin', 'TOM@EXAMPLE.COM', '\u0422\u041e\u041c@EXAMPLE.COM'],
    ['Greek capitals that all look Latin', 'KATE', '\u039a\u0391\u03a4\u0395'],
  ])('is not approved by its owner: %s', (_name, owner, approver) => {
    expect(readOverride({ ...good, owner, approver }, policies)).toContain('approver is its owner');
  });

  it.each([
    ['another address', 'anna@example.com', 'bob@example.com'],
    ['another domain', 'anna@example.com', 'anna@example.org'],
    ['a team', '@platform/web', '@platform/security'],
    ['another script', 'anna@example.com', 'Иван Петров <ivan@example.com>'],
    ['names in Greek', 'Ελένη', 'Νίκος'],
  ])('is approved by somebody else: %s', (_name, owner, approver) => {
    expect(readOverride({ ...good, owner, approver }, policies)).toMatchObject({ owner, approver });
  });

  it.each([
    ['approver names nobody', { approver: '\u200b' }],
    ['approver names nobody', { approver: '.' }],
    ['owner names nobody', { owner: '<>' }],
    ['owner names nobody', { owner: '@@grace', approver: '@grace' }],
    ['owner names nobody', { owner: '+grace', approver: 'grace' }],
    ['owner names nobody', { owner: '+grace@example.com', approver: 'grace@example.com' }],
    ['approver mixes scripts', { approver: '\u0430nna@example.com' }],
    ['approver names more than one', { approver: 'Ada <ada@example.com>, grace@example.com' }],
    ['reason', { reason: '\u200b'.repeat(20) }],
    ['reason', { reason: '....................' }],
    ['reason', { reason: 'abcdefghijklmnopqrstuvwxyz' }],
    ['reason', { reason: '- a - b - c - d - e - f - g' }],
    ['longer than the 90 days that an override of a high policy may last', { sunset: '9999-12-31' }],
    ['longer than', { sunset: '2026-04-01' }],
    ['scope matches everything', { scope: { subjects: ['**'] } }],
    ['scope matches everything', { scope: { types: ['db', '*'], files: ['**/*'] } }],
    [
      'scope matches everything',
      { scope: { subjects: ['**'], layers: ['pre-commit', 'ci', 'admission', 'runtime', 'evidence'] } },
    ],
    ['sunset is not a date', { sunset: '2026-02-01T24:00:00Z' }],
    ['sunset is not a date', { sunset: '2026-02-01T23:59:60Z' }],
    ['sunset is not a date', { sunset: '2026-02-01T12:00Z' }],
    ['sunset is not a date', { sunset: '2026-02-01 12:00:00Z' }],
    ['sunset is not a date', { sunset: '2026-02-01T00:00:00-23:59' }],
    ['sunset is not a date', { sunset: '2026-02-01T00:00:00+14:30' }],
    ['sunset is not a date', { sunset: '2026-02-01T00:00:00+01:60' }],
  ])('does not apply, and says why: %s %j', (reason, change) => {
    expect(readOverride({ ...good, ...change }, policies)).toEqual(expect.stringContaining(reason));
  });

  it('a scope that narrows in one field applies, and so do a reason without spaces and real offsets', () => {
    for (const change of [
      { scope: { types: ['*'], environments: ['staging'] } },
      { scope: { subjects: ['**'], layers: ['ci'] } },
      { reason: '该数据库将在三月份退役，迁移计划已经获得批准，请参阅计划。' },
      { sunset: '2026-03-31T12:00:00+14:00' },
      { sunset: '2026-03-31T11:59:59.5-12:00' },
    ])
      expect(readOverride({ ...good, ...change }, policies)).toMatchObject({ id: 'OV-1' });
  });

  it('lasts as long as the repository lets it, by the severity of the policy', () => {
    const change = { ...good, created: '2026-01-01', sunset: '2026-01-30' };
    const of = (severity: 'critical' | 'low', value: object, days = {}) =>
      readOverride(value, new Map([['db-encrypted', severity]]), { ...LONGEST_DAYS, ...days });
    expect(of('critical', change)).toMatchObject({ id: 'OV-1' });
    expect(of('critical', { ...change, sunset: '2026-01-31' })).toContain('longer than the 30 days');
    expect(of('low', { ...change, sunset: '2026-12-31' })).toMatchObject({ id: 'OV-1' });
    expect(of('low', { ...change, sunset: '2026-01-31' }, { low: 30 })).toContain('longer than the 30 days');
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
    expect(rejected.map(({ reason }) => reason)).toEqual([
      'overrides/b.yaml has the id OV-1 too',
      'overrides/a.yaml has the id OV-1 too',
    ]);
  });

  it.each(['OV-1 ', ' OV-1', 'OV-1\u00a0'])('%j is the same id as OV-1, as it is read', (id) => {
    const files = new Map([
      ['overrides/a.yaml', yaml({ ...good, id, scope: { types: ['db*'] } })],
      ['overrides/b.yaml', yaml(good)],
    ]);
    const { overrides, rejected } = readOverrides(files, policies);
    expect(overrides).toEqual([]);
    expect(rejected).toHaveLength(2);
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
