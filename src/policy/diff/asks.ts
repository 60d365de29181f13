import { canonicalize, SEVERITIES } from '../../record/index.ts';
import { CODEOWNERS_FILES } from '../approval/codeowners.ts';
import { SIGNERS_FILE } from '../approval/ssh-signature.ts';
import { byNumber, type Change, change, type Effect, type Side } from './types.ts';

/** What a repository asks of overrides and releases, and whom it believes. Nothing where one side is a bundle, which does not say it. */
export function compareAsks(before: Side, after: Side): Change[] {
  const [a, b] = [before.asks, after.asks];
  if (a === undefined || b === undefined) return [];
  const out: Change[] = [];
  const say = (effect: Effect, words: string) =>
    out.push(change('release', 'repository', 'changed', effect, words));
  const [old, now] = [a.overrides.approval, b.overrides.approval];
  const named = (list: readonly string[]) => (list.length === 0 ? 'nothing' : list.join(' or '));
  if (named(old.toSorted()) !== named(now.toSorted()))
    say(approvals(old, now), `approval of an override: ${named(old)} to ${named(now)}`);
  if (a.overrides.unchecked_tickets !== b.overrides.unchecked_tickets)
    say(
      b.overrides.unchecked_tickets === 'apply' ? 'weaker' : 'stronger',
      `an override whose ticket is unchecked: ${a.overrides.unchecked_tickets} to ${b.overrides.unchecked_tickets}`,
    );
  for (const severity of SEVERITIES) {
    const [from, to] = [a.longest_days[severity], b.longest_days[severity]];
    if (from !== to)
      say(byNumber(-from, -to), `an override of a ${severity} policy may last: ${from} to ${to} days`);
  }
  for (const key of ['allowed_signers', 'keyring'] as const)
    if (a.release?.[key] !== b.release?.[key])
      say(
        'unknown',
        `who may sign a tag: ${key} ${a.release?.[key] ?? 'none'} to ${b.release?.[key] ?? 'none'}`,
      );
  for (const one of a.exports)
    if (!b.exports.some((other) => canonicalize(other) === canonicalize(one)))
      say('weaker', `the export ${one.format} in ${one.folder} is not compared any more`);
  return [...out, ...believed(before, after)];
}

/** One of the ways must hold, so another way is one more; no way asked for is the least. */
function approvals(before: readonly string[], after: readonly string[]): Effect {
  if (after.length === 0) return 'weaker';
  if (before.length === 0) return 'stronger';
  const [more, less] = [
    after.some((one) => !before.includes(one)),
    before.some((one) => !after.includes(one)),
  ];
  return more && less ? 'unknown' : more ? 'weaker' : 'stronger';
}

/** Files that say who may approve an override. */
function believed(before: Side, after: Side): Change[] {
  return [...CODEOWNERS_FILES, SIGNERS_FILE].sort().flatMap((file) => {
    const [a, b] = [before.files.get(file), after.files.get(file)];
    if (a !== undefined && b !== undefined && Buffer.from(a).equals(b)) return [];
    if (a === undefined && b === undefined) return [];
    const kind = a === undefined ? 'added' : b === undefined ? 'removed' : 'changed';
    return [change('release', file, kind, 'unknown', 'who may approve an override')];
  });
}
