import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const EXHIBIT = join(import.meta.dirname, '..', 'bin', 'exhibit.js');

/** Commits all that lies in a folder, in a git repository of its own. */
export function commitAll(repository: string, message: string): void {
  for (const words of [
    ['init', '--quiet'],
    ['add', '.'],
    ['commit', '--quiet', '-m', message],
  ])
    git(repository, ...words);
}

export function git(repository: string, ...words: string[]): void {
  execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com', ...words], {
    cwd: repository,
    stdio: 'ignore',
  });
}

/** Builds and signs the bundle of a policy repository with the program itself. @returns the flags that name bundle and key */
export function signedBundle(repository: string): string[] {
  for (const verb of ['build', 'sign'])
    execFileSync(process.execPath, [EXHIBIT, 'policy', verb, repository], { stdio: 'ignore' });
  const built = join(repository, '.exhibit');
  return ['--bundle', join(built, 'bundle.tar.gz'), '--bundle-key', join(built, 'keys', 'bundle.pub.pem')];
}
