import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readBaseline } from './baseline.ts';

const baseline = (...fingerprints: string[]) =>
  JSON.stringify({
    schemaVersion: 1,
    violations: fingerprints.map((sign) => ({
      fingerprint: sign.repeat(64),
      count: 1,
      policy_id: 'p',
      severity: 'low',
      subject: 's',
    })),
  });

it('a change writes nothing into the baseline, whichever way leads to the file', () => {
  const around = mkdtempSync(join(tmpdir(), 'exhibit-baseline-'));
  const folder = join(around, 'repository');
  mkdirSync(folder);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: folder,
      stdio: 'ignore',
    });
  git('init', '--quiet');
  writeFileSync(join(folder, 'known.json'), baseline('a'));
  git('add', '--all');
  git('commit', '--quiet', '--message', 'x');
  writeFileSync(join(folder, 'known.json'), baseline('a', 'b'));
  symlinkSync(folder, join(around, 'link'));
  symlinkSync('known.json', join(folder, 'other.json'));
  const read = (file: string) => {
    const { counts, ignored } = readBaseline(file, folder, 'HEAD');
    return [[...counts.keys()].map(([sign]) => sign).join(''), ignored];
  };
  for (const file of ['known.json', join(folder, 'known.json'), join(around, 'link', 'known.json')])
    expect(read(file)).toEqual(['a', 1]);
  // A link that the commit does not have.
  expect(read('other.json')).toEqual(['', 2]);
  // Outside of the repository no change of it counts.
  writeFileSync(join(around, 'own.json'), baseline('a', 'b'));
  expect(read(join(around, 'own.json'))).toEqual(['ab', 0]);
});
