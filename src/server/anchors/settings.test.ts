import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readSettings } from '../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'exhibit-anchor-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(ledger: string, evidence = 'evidence', more = '') {
  const file = join(folder, 'server.yaml');
  writeFileSync(file, `evidence: ${evidence}\n${more}ledger:\n${ledger}`);
  return readSettings(file, {}).settings.ledger;
}

it('takes paths from where the file is, and asks each hour', () => {
  const { timestamps, checkpoints } = read(
    [
      '  timestamps: {url: "https://tsa.example.com/", root: tsa.pem}',
      '  checkpoints:',
      '    copies: [../kept, "s3://acme-audit/prod", {url: "s3://acme/x", lock: {days: 30}}]',
      '',
    ].join('\n'),
  );
  expect(timestamps).toEqual({
    url: 'https://tsa.example.com/',
    root: join(folder, 'tsa.pem'),
    every_seconds: 3_600,
    timeout_seconds: 20,
  });
  expect(checkpoints?.copies).toMatchObject([
    join(folder, '..', 'kept'),
    's3://acme-audit/prod',
    { url: 's3://acme/x', lock: { mode: 'GOVERNANCE', days: 30 } },
  ]);
  expect(checkpoints?.every_seconds).toBe(600);
});

it.each([
  [
    'a place in the evidence itself',
    '  checkpoints: {copies: [evidence/kept]}\n',
    /in the evidence folder itself/,
  ],
  [
    'credentials in a URL',
    '  timestamps: {url: "https://a:b@tsa.example.com/", root: r}\n',
    /holds credentials/,
  ],
  [
    'a bucket without TLS',
    '  checkpoints: {copies: [{url: "s3://acme/x", endpoint: "http://s3.example.com"}]}\n',
    /is not https/,
  ],
  ['no place at all', '  checkpoints: {copies: []}\n', /copies/],
  [
    'a policy that is none',
    '  timestamps: {url: "https://t/", root: r, policies: [any]}\n',
    /object identifier/,
  ],
  [
    'a lock that nobody can undo, unasked',
    '  checkpoints: {copies: [{url: "s3://acme/x", lock: {days: 1, mode: COMPLIANCE}}]}\n',
    /copies/,
  ],
])('refuses %s, with the place in the file', (_name, ledger, message) => {
  try {
    read(ledger);
    expect.fail('it was taken');
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) });
    expect((error as { location: { line: number } }).location.line).toBeGreaterThan(1);
  }
});

it('refuses them where another server has the ledger', () => {
  expect(() =>
    read(
      '  timestamps: {url: "https://tsa.example.com/", root: tsa.pem}\n',
      'https://evidence.example.com',
      'spool: {folder: spool, bytes: 1000000}\n',
    ),
  ).toThrowError(/has the ledger/);
});
