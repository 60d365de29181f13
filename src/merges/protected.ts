import type { Change, Facts, Protection } from './types.ts';

/** Protections that hold for the branch of a change: by its name, by a wildcard, or for every branch. */
export function protectionsOf({ branch }: Pick<Change, 'branch'>, all: readonly Protection[]): Protection[] {
  return all.filter((each) => matches(each.branch, branch));
}

function matches(pattern: string, branch: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(branch);
}

export interface Chosen {
  changes: Change[];
  /** Merged changes that are not looked at, by reason: nothing is left out in silence. */
  left: { reason: string; count: number }[];
}

/** Changes of one repository that were merged into protected branches in the period, in the order of their merges. */
export function chooseChanges(
  { changes, protections }: Facts,
  asked: {
    repository: string;
    branches: readonly string[];
    from: string | undefined;
    to: string | undefined;
  },
): Chosen {
  const left = new Map<string, number>();
  const unique = new Map(changes.map((each) => [each.url, each]));
  const chosen = [...unique.values()].filter((change) => {
    const reason = whyNot(change, protections, asked);
    if (reason !== undefined) left.set(reason, (left.get(reason) ?? 0) + 1);
    return reason === undefined;
  });
  chosen.sort((a, b) => (`${a.merged_at} ${a.url}` < `${b.merged_at} ${b.url}` ? -1 : 1));
  return { changes: chosen, left: [...left].map(([reason, count]) => ({ reason, count })) };
}

function whyNot(
  change: Change,
  protections: readonly Protection[],
  { repository, branches, from, to }: Parameters<typeof chooseChanges>[1],
): string | undefined {
  if (change.repository !== repository) return `of another repository (${change.repository})`;
  const day = change.merged_at.slice(0, 10);
  if ((from !== undefined && day < from) || (to !== undefined && day > to))
    return 'merged outside the period';
  if (branches.length > 0) return branches.includes(change.branch) ? undefined : 'into another branch';
  // Where nobody said which branches are protected, all are taken.
  if (protections.length === 0 || protectionsOf(change, protections).length > 0) return undefined;
  return 'into a branch that is not protected';
}
