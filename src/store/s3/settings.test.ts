import { expect, it } from 'vitest';
import { isLocked, lockOf, longer } from './lock.ts';
import { lockAt, lockSchema, s3Place } from './settings.ts';
import { isS3Url } from './url.ts';

it('bucket and prefix come from the URL', () => {
  expect(s3Place({ url: 's3://evidence' })).toMatchObject({
    name: 's3://evidence',
    bucket: 'evidence',
    prefix: '',
  });
  expect(s3Place({ url: 's3://evidence/a/b/' })).toMatchObject({
    name: 's3://evidence/a/b',
    bucket: 'evidence',
    prefix: 'a/b/',
  });
  expect(isS3Url('s3://evidence')).toBe(true);
  expect(isS3Url('s3/evidence')).toBe(false);
});

it.each([
  's3://',
  's3://e',
  's3://evidence/../x',
  's3://evidence/a//b',
  's3://evidence/a b',
  'https://evidence/x',
])('refuses %j', (url) => {
  expect(() => s3Place({ url })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
});

it('COMPLIANCE wants to be acknowledged', () => {
  const url = 's3://evidence';
  expect(() => s3Place({ url, lock: { mode: 'COMPLIANCE', days: 1 } })).toThrow(/acknowledge_irreversible/);
  const lock = { mode: 'COMPLIANCE', days: 1, acknowledge_irreversible: true } as const;
  expect(s3Place({ url, lock }).lock).toEqual({ ...lock, legal_hold: false });
  expect(s3Place({ url, lock: { days: 7 } }).lock?.mode).toBe('GOVERNANCE');
});

const DAY = 86_400_000;

it('a lock ends on a whole second, never earlier than was said', () => {
  const setting = lockSchema.parse({ days: 2, legal_hold: true });
  expect(lockOf(undefined, 1)).toEqual({});
  expect(lockOf(setting, 1)).toEqual({
    ObjectLockMode: 'GOVERNANCE',
    ObjectLockRetainUntilDate: new Date(2 * DAY + 1_000),
    ObjectLockLegalHoldStatus: 'ON',
  });
});

it('the days of a lock count from when the object was written, and a stronger or longer one will do', () => {
  const setting = lockSchema.parse({ days: 10 });
  const found = (mode: 'GOVERNANCE' | 'COMPLIANCE' | undefined, days: number) => ({
    modified: 5 * DAY,
    lock: {
      ...(mode === undefined ? {} : { ObjectLockMode: mode }),
      ObjectLockRetainUntilDate: new Date((5 + days) * DAY),
    },
  });
  expect(isLocked(found('GOVERNANCE', 10), setting)).toBe(true);
  expect(isLocked(found('COMPLIANCE', 11), setting)).toBe(true);
  expect(isLocked(found('GOVERNANCE', 9), setting)).toBe(false);
  expect(isLocked(found(undefined, 10), setting)).toBe(false);
  expect(isLocked({ modified: 0, lock: {} }, setting)).toBe(false);
  const compliance = lockSchema.parse({ days: 10, mode: 'COMPLIANCE', acknowledge_irreversible: true });
  expect(isLocked(found('GOVERNANCE', 10), compliance)).toBe(false);
  expect(isLocked(found('GOVERNANCE', 10), { ...setting, legal_hold: true })).toBe(false);
  expect(longer(lockOf(setting, 0), found('GOVERNANCE', 6).lock)).toEqual(new Date(11 * DAY));
});

it('the evidence of a framework has its own days, and what all need the longest', () => {
  const lock = { days: 10, retention: { soc2: 30, nis2: 5 } };
  const place = s3Place({ url: 's3://evidence/prod', lock });
  const daysOf = (key: string) => lockAt(place, `prod/${key}`)?.days;
  expect(daysOf('evidence/soc2/cc6.1/x.parquet')).toBe(30);
  expect(daysOf('evidence/nis2/a/x.parquet')).toBe(5);
  expect(daysOf('evidence/iso27001/a/x.parquet')).toBe(10);
  expect(daysOf('evidence/constructor/a/x.parquet')).toBe(10);
  expect(daysOf('fact/x.parquet')).toBe(30);
  expect(daysOf('log/tile/0/000')).toBe(30);
  expect(lockAt(s3Place({ url: 's3://evidence', lock: { days: 10 } }), 'fact/x')?.days).toBe(10);
  expect(() => s3Place({ url: 's3://evidence', lock: { days: 1, retention: { 'a/b': 2 } } })).toThrow();
});
