import { ExhibitError } from '../../record/index.ts';
import { gitBytes, gitText } from './git.ts';

/** The commit that a name and HEAD have in common. @throws ExhibitError NOT_FOUND */
export function mergeBase(ref: string, cwd: string): string {
  const known = gitText(
    cwd,
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${ref}^{commit}`,
  )?.trim();
  const base = known === undefined ? undefined : gitText(cwd, 'merge-base', known, 'HEAD')?.trim();
  if (base !== undefined && base !== '') return base;
  throw new ExhibitError(
    'NOT_FOUND',
    known === undefined
      ? `--changed-since: git knows no commit ${JSON.stringify(ref)} here`
      : `--changed-since: ${JSON.stringify(ref)} and HEAD have no common commit here`,
    {
      hint: 'A shallow clone lacks it. Fetch the whole history: fetch-depth: 0 on GitHub, GIT_DEPTH: 0 on GitLab.',
    },
  );
}

/** What git does not say is never taken for "nothing". */
export function told(text: string | undefined, ref: string): string {
  if (text !== undefined) return text;
  throw new ExhibitError('NOT_FOUND', `--changed-since: git does not say what differs from ${ref}`, {
    hint: 'Objects may be missing here: a partial clone without its server, or a damaged one. Fetch the whole history.',
  });
}

/**
 * Which files go through a filter, such as that of Git LFS: git compares what the filter makes of them, so its lines are not those of
 * the work tree.
 */
export function filteredFiles(root: string, files: readonly string[]): (name: string) => boolean {
  if (files.length === 0) return () => false;
  const answer = gitBytes(
    root,
    ['check-attr', '-z', '--stdin', 'filter'],
    files.map((one) => `${one}\0`).join(''),
  );
  if (answer === undefined) return () => true;
  const parts = answer.toString('utf8').split('\0');
  const found = new Set<string>();
  for (let at = 0; at + 2 < parts.length; at += 3)
    if (!['unspecified', 'unset'].includes(parts[at + 2] ?? '')) found.add(parts[at] ?? '');
  return (name) => found.has(name);
}
