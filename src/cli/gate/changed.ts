import { readFileSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExhibitError } from '../../record/index.ts';
import { gitText, names } from './git.ts';
import { type LineRange, readPatch } from './patch.ts';
import { isTerraform, Terraform } from './terraform-blocks.ts';

/** What differs between the work tree and the commit from which the change started. */
export interface Changes {
  /** As the user named it. */
  ref: string;
  /** The commit that the change and that name have in common. */
  commit: string;
  /** Whether nothing about what stands there was changed. What cannot be told was changed. */
  isUnchanged(place: {
    file?: string | undefined;
    line?: number | undefined;
    kind?: string | undefined;
  }): boolean;
}

/**
 * Asks git what was changed since a commit: added, changed and removed lines, in the work tree as it is.
 * @param ref a branch, tag or commit; the common ancestor with HEAD counts
 * @throws ExhibitError NOT_FOUND where git does not know it, or knows no common ancestor (a shallow clone)
 */
export function changesSince(ref: string, cwd: string): Changes {
  const commit = mergeBase(ref, cwd);
  const root = gitText(cwd, 'rev-parse', '--show-toplevel')?.trim() ?? cwd;
  const absolute = (name: string) => resolve(root, name);
  const fixed = ['--no-ext-diff', '--no-textconv', '--no-color', '--no-renames', '--ignore-submodules'];
  const tracked = new Set(names(gitText(root, 'ls-files', '-z')).map(absolute));
  const changed = new Map<string, LineRange[] | 'all'>();
  for (const name of names(gitText(root, 'diff', ...fixed, '--name-only', '-z', commit, '--')))
    changed.set(absolute(name), 'all');
  const patch =
    gitText(root, 'diff', ...fixed, '--unified=0', '--src-prefix=a/', '--dst-prefix=b/', commit, '--') ?? '';
  const terraform = new Terraform();
  for (const { name, ranges, removed } of readPatch(patch)) {
    const file = absolute(name);
    if (changed.has(file)) changed.set(file, ranges);
    if (isTerraform(file)) terraform.add(textOf(file), ranges, removed);
  }
  for (const [file, ranges] of changed) if (ranges === 'all' && isTerraform(file)) terraform.unknown();
  const here = realpathSync(cwd);
  return {
    ref,
    commit,
    isUnchanged({ file, line, kind }) {
      if (file === undefined || file === '') return false;
      const path = resolve(here, file);
      if (!tracked.has(path)) return false;
      const ranges = changed.get(path);
      if (ranges === 'all') return false;
      if (kind === 'terraform-plan' || kind === 'hcl')
        return (
          isTerraform(path) && line !== undefined && terraform.isUnchanged(textOf(path), line, ranges ?? [])
        );
      if (ranges === undefined) return true;
      return line !== undefined && !touches(ranges, documentAt(textOf(path), line, path));
    },
  };
}

function mergeBase(ref: string, cwd: string): string {
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

/** Lines of the YAML document that a line stands in; of other files all. */
function documentAt(text: string, line: number, path: string): LineRange {
  const all = text.split('\n');
  if (!/\.ya?ml$/i.test(path)) return { from: 1, to: all.length };
  const isMark = (at: number) => /^---(?:\s|$)/.test(all[at - 1] ?? '');
  let from = Math.min(line, all.length);
  while (from > 1 && !isMark(from)) from -= 1;
  let to = line;
  while (to < all.length && !isMark(to + 1)) to += 1;
  return { from, to };
}

export function touches(ranges: readonly LineRange[], { from, to }: LineRange): boolean {
  return ranges.some((range) => range.from <= to && range.to >= from);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
