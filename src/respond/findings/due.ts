import { matchesGlob } from '../../engine/index.ts';
import { type RespondConfig, span } from './config.ts';
import { type Episode, isOpen, type RawFinding } from './types.ts';

export interface Deadline {
  due: number;
  overdue: boolean;
  /** 0: none; else the number of the level that was reached, and since when. */
  level: number;
  level_since?: number;
  /** Until when nobody is reminded; never past the due date. */
  snoozed_until?: number;
}

/** The line that says by when it is due; where none fits the shortest of them holds, so that nothing is without a date. */
export function within(finding: Pick<RawFinding, 'severity' | 'environment'>, config: RespondConfig): number {
  const fits = config.due.find(
    ({ severity, environments }) =>
      (severity === undefined || severity.includes(finding.severity)) &&
      (environments === undefined ||
        environments.some((glob) => matchesGlob(glob, finding.environment ?? ''))),
  );
  const all = config.due.map((each) => span(each.within));
  return fits === undefined ? Math.min(...all, Number.POSITIVE_INFINITY) : span(fits.within);
}

/**
 * By when the last episode of a finding is due: from when the log took its fail. An override only waits, and so does a policy that is away: when it
 * ends, the finding is due as it was before, at the earliest at once.
 */
export function deadline(finding: RawFinding, config: RespondConfig, now: number): Deadline {
  const last = finding.episodes.at(-1);
  const began = last === undefined ? now : last.detected;
  const time = within(finding, config);
  const due = Math.max(sinceOf(finding.episodes) + (Number.isFinite(time) ? time : 0), began);
  if (!isOpen(finding.state)) return { due, overdue: false, level: 0 };
  const reached = config.escalation.filter(({ after }) => now > due + span(after));
  const level = reached.at(-1);
  const snoozed = finding.snoozed_until === undefined ? undefined : Math.min(finding.snoozed_until, due);
  return {
    due,
    overdue: now > due,
    level: reached.length,
    ...(level === undefined ? {} : { level_since: due + span(level.after) }),
    ...(snoozed === undefined || snoozed <= now ? {} : { snoozed_until: snoozed }),
  };
}

/** When the fault that is open now was detected: what was waived or withdrawn in between was not fixed. */
function sinceOf(episodes: readonly Episode[]): number {
  let at = episodes.length - 1;
  const isFixed = (episode: Episode | undefined) =>
    episode?.closed_as !== 'waived' && episode?.closed_as !== 'withdrawn';
  while (at > 0 && !isFixed(episodes[at - 1])) at -= 1;
  return episodes[at]?.detected ?? 0;
}
