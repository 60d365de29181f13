import type { Finding } from './evaluate.ts';
import { type Episode, isOpen } from './types.ts';

/** Seconds, of all that was measured; what is not done yet counts with its age so far, so each figure is the least that it can be. */
export interface Figure {
  count: number;
  /** Of those, how many are not done yet. */
  open: number;
  median?: number;
  p90?: number;
}

export interface FindingFigures {
  findings: number;
  /** From opening to closing; a finding that came back has several. */
  episodes: number;
  open: number;
  overdue: number;
  waived: number;
  withdrawn: number;
  gone: number;
  reopened: number;
  /** From when it was true until the log had it. */
  detect: Figure;
  /** From the last pass before it until the log had it: it cannot have been longer. Only where the log has a pass. */
  detect_at_most: Figure;
  acknowledge: Figure;
  /** Until a pass. What is waived or withdrawn was not resolved and counts as open; what is gone is left out, and counted above. */
  resolve: Figure;
}

export interface FindingMetrics {
  all: FindingFigures;
  by_policy: ({ policy: string } & FindingFigures)[];
  by_severity: ({ severity: string } & FindingFigures)[];
  by_owner: ({ owner: string } & FindingFigures)[];
}

/** @param now Unix milliseconds */
export function findingMetrics(findings: readonly Finding[], now: number): FindingMetrics {
  const by = (key: (finding: Finding) => string) =>
    [...Map.groupBy(findings, key)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, all]) => ({ name, figures: figuresOf(all, now) }));
  return {
    all: figuresOf(findings, now),
    by_policy: by(({ policy }) => policy).map(({ name, figures }) => ({ policy: name, ...figures })),
    by_severity: by(({ severity }) => severity).map(({ name, figures }) => ({ severity: name, ...figures })),
    by_owner: by(({ owner }) => owner.name).map(({ name, figures }) => ({ owner: name, ...figures })),
  };
}

function figuresOf(findings: readonly Finding[], now: number): FindingFigures {
  const episodes = findings.flatMap((finding) => finding.episodes);
  const done = (time: number): [number, boolean] => [time, true];
  return {
    findings: findings.length,
    episodes: episodes.length,
    open: findings.filter(({ state }) => isOpen(state)).length,
    overdue: findings.filter((each) => each.deadline.overdue).length,
    waived: findings.filter(({ state }) => state === 'waived').length,
    withdrawn: findings.filter(({ state }) => state === 'withdrawn').length,
    gone: findings.filter(({ state }) => state === 'gone').length,
    reopened: findings.filter((each) => each.episodes.length > 1).length,
    detect: figure(episodes.map(({ opened, detected }) => done(detected - opened))),
    detect_at_most: figure(
      episodes.flatMap(({ passed_before, detected }) =>
        passed_before === undefined ? [] : [done(detected - passed_before)],
      ),
    ),
    acknowledge: figure(
      // What was closed before anybody looked was never acknowledged, and is no longer waiting for it.
      episodes.flatMap(({ detected, acknowledged, closed }): [number, boolean][] =>
        acknowledged !== undefined
          ? [done(acknowledged - detected)]
          : closed === undefined
            ? [[now - detected, false]]
            : [],
      ),
    ),
    resolve: figure(episodes.flatMap((episode) => resolved(episode, now))),
  };
}

function resolved({ detected, closed, closed_as }: Episode, now: number): [number, boolean][] {
  if (closed_as === 'gone') return [];
  if (closed_as === 'resolved' && closed !== undefined) return [[closed - detected, true]];
  return [[now - detected, false]];
}

/** Nearest rank: the smallest value that at least this part of all values does not exceed. */
export function percentile(sorted: readonly number[], part: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}

/** @param values milliseconds, and whether they are final */
function figure(values: readonly (readonly [number, boolean])[]): Figure {
  // A late record can close before the log had the fail.
  const seconds = values.map(([time]) => Math.max(0, Math.round(time / 1000))).sort((a, b) => a - b);
  const median = percentile(seconds, 0.5);
  const p90 = percentile(seconds, 0.9);
  return {
    count: values.length,
    open: values.filter(([, final]) => !final).length,
    ...(median === undefined ? {} : { median }),
    ...(p90 === undefined ? {} : { p90 }),
  };
}
