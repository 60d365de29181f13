import type { Decision, Judged, Known } from '../../engine/index.ts';
import type { Disposition } from '../../record/index.ts';
import { atLeast, type FailOn } from '../report/report.ts';
import { type Baseline, fingerprintOf } from './baseline.ts';
import type { Changes } from './changed.ts';

export interface KnownOptions {
  baseline?: Baseline | undefined;
  changes?: Changes | undefined;
  /** Severity at and above which a known violation blocks like a new one. */
  failOnKnown: Exclude<FailOn, 'none'>;
}

/** How many violations count as known, and what the baseline holds that was not found any more. */
export interface KnownCounts {
  baseline: number;
  unchanged: number;
  /** Known ones that block all the same: at or above the threshold an override is the only way. */
  blocking: number;
  /** Of the baseline, and not found in this run. */
  gone: number;
}

/**
 * Marks the violations that were there before the change. Such a one is warned of instead of enforced where its severity is below
 * `failOnKnown`; verdict, severity and place stay. What an override waives is left to the override. Changes nothing in place.
 */
export function markKnown(
  judged: Judged,
  { baseline, changes, failOnKnown }: KnownOptions,
): { judged: Judged; counts: KnownCounts } {
  const left = new Map(baseline?.counts ?? []);
  const counts: KnownCounts = { baseline: 0, unchanged: 0, blocking: 0, gone: 0 };
  const known = (decision: Decision): Known | undefined => {
    const fingerprint = fingerprintOf(decision);
    const count = left.get(fingerprint) ?? 0;
    if (count > 0) {
      left.set(fingerprint, count - 1);
      return 'baseline';
    }
    return changes?.isUnchanged(placeOf(decision)) === true ? 'unchanged' : undefined;
  };
  const decisions = judged.decisions.map((decision) => {
    if (decision.verdict !== 'fail' || doneAbout(decision) === 'waived') return decision;
    const why = known(decision);
    if (why === undefined) return decision;
    counts[why] += 1;
    const marked = { ...decision, known: why };
    if (doneAbout(decision) !== 'enforced') return marked;
    if (!atLeast(decision.severity, failOnKnown)) return weakened(marked);
    counts.blocking += 1;
    return marked;
  });
  for (const count of left.values()) counts.gone += count;
  return { judged: { ...judged, decisions }, counts };
}

/** Every fail that would block, and everything that could not be judged, is warned of: the gate is advisory, and each decision says so. */
export function advise(judged: Judged): Judged {
  const decisions = judged.decisions.map((decision) =>
    doneAbout(decision) === 'enforced' ? weakened(decision) : decision,
  );
  return { ...judged, decisions };
}

function doneAbout({ would, disposition }: Decision): Disposition {
  return would?.disposition ?? disposition;
}

function weakened(decision: Decision): Decision {
  return decision.would === undefined
    ? { ...decision, disposition: 'warned' }
    : { ...decision, would: { ...decision.would, disposition: 'warned' } };
}

function placeOf({ location, document }: Decision) {
  return {
    file: location.file ?? document?.file,
    line: location.line,
    kind: document?.kind,
    own: document?.file,
    madeOf: document?.madeOf,
  };
}
