import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { filteredFiles, mergeBase, told } from './ask-git.ts';
import { gitText, names } from './git.ts';
import { type LineRange, readPatch } from './patch.ts';
import { isTerraform, isVariables, readsAny, Terraform } from './terraform-blocks.ts';

/** What differs between the work tree and the commit from which the change started. */
export interface Changes {
  /** As the user named it. */
  ref: string;
  /** The commit that the change and that name have in common. */
  commit: string;
  /** Whether nothing about what stands there was changed. What cannot be told was changed. */
  isUnchanged(place: Place): boolean;
}

export interface Place {
  file?: string | undefined;
  line?: number | undefined;
  kind?: string | undefined;
  /** The file that was judged, where the place is in another one. */
  own?: string | undefined;
  /** What else the judged value was put together from. */
  madeOf?: readonly string[] | 'rendered' | undefined;
}

/**
 * Asks git what was changed since a commit: added, changed and removed lines, in the work tree as it is.
 * @param ref a branch, tag or commit; the common ancestor with HEAD counts
 * @throws ExhibitError NOT_FOUND where git does not know it, knows no common ancestor (a shallow clone), or does not tell what differs
 */
export function changesSince(ref: string, cwd: string): Changes {
  const commit = mergeBase(ref, cwd);
  const root = gitText(cwd, 'rev-parse', '--show-toplevel')?.trim() ?? cwd;
  const absolute = (name: string) => resolve(root, name);
  const fixed = ['--no-ext-diff', '--no-textconv', '--no-color', '--no-renames', '--ignore-submodules'];
  const tracked = new Set(names(told(gitText(root, 'ls-files', '-z'), ref)).map(absolute));
  const listed = told(gitText(root, 'diff', ...fixed, '--name-only', '-z', commit, '--'), ref);
  const changed = new Map<string, LineRange[] | 'all'>(names(listed).map((name) => [absolute(name), 'all']));
  const patch =
    gitText(root, 'diff', ...fixed, '--unified=0', '--src-prefix=a/', '--dst-prefix=b/', commit, '--') ?? '';
  const terraform = new Terraform();
  const filtered = filteredFiles(root, names(listed));
  for (const { name, ranges, removed } of readPatch(patch)) {
    const file = absolute(name);
    if (filtered(name)) continue;
    if (changed.has(file)) changed.set(file, ranges);
    if (isTerraform(file)) terraform.add(textOf(file), ranges, removed, isVariables(file));
  }
  for (const [file, ranges] of changed) if (ranges === 'all' && isTerraform(file)) terraform.unknown();
  const here = realpathSync(cwd);
  let reads: boolean | undefined;
  /** Whether Terraform reads a file that was changed and is not its own. */
  const isReadChanged = () => {
    const others = [...changed.keys()].filter((file) => !isTerraform(file));
    reads ??= others.length > 0 && readsAny([...tracked].filter(isTerraform).map(textOf), others);
    return reads;
  };
  const isSame = (name: string) => {
    const path = resolve(here, name);
    // What was neither there nor is there now is the same; a file that git does not know is not.
    return !changed.has(path) && (tracked.has(path) ? leadsToSame(path) : !existsSync(path));
  };
  /** A link that git follows no further: what it leads to must be the same. */
  const leadsToSame = (path: string) => {
    const real = realOf(path);
    return real === path || (real !== undefined && tracked.has(real) && !changed.has(real));
  };
  return {
    ref,
    commit,
    isUnchanged({ file, line, kind, own, madeOf = [] }) {
      if (file === undefined || file === '' || madeOf === 'rendered') return false;
      const path = resolve(here, file);
      if (!tracked.has(path) || !leadsToSame(path)) return false;
      const ranges = changed.get(path);
      if (ranges === 'all') return false;
      if (kind === 'terraform-plan' || kind === 'hcl')
        return (
          isTerraform(path) &&
          line !== undefined &&
          !isReadChanged() &&
          terraform.isUnchanged(textOf(path), line, ranges ?? [])
        );
      const others = [...madeOf, ...(own === undefined ? [] : [own])];
      if (!others.every((name) => resolve(here, name) === path || isSame(name))) return false;
      if (ranges === undefined) return true;
      return line !== undefined && !touches(ranges, documentAt(textOf(path), line, path));
    },
  };
}

/** Lines of the YAML document that a line stands in; of other files all. */
function documentAt(text: string, line: number, path: string): LineRange {
  const all = text.split('\n');
  // A lone CR ends a line of YAML and none of git: lines are then not the same ones.
  if (!/\.ya?ml$/i.test(path) || /\r(?!\n)/.test(text)) return { from: 1, to: all.length };
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

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
