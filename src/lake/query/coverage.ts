import type { DayGap, Period } from '../types.ts';
import type { PreparedViews } from './prepare.ts';
import type { Scope } from './scope.ts';
import type { Coverage, CoverageGap } from './types.ts';

/** The header of an answer. */
export function coverageOf(
  scope: Scope,
  views: PreparedViews,
  period: Period,
  truncated: { message: string } | undefined,
): Coverage {
  const recorded = recordedGaps(scope);
  const gaps: CoverageGap[] = [...scope.gaps, ...views.files.gaps, ...views.gaps];
  if (views.placesDecisions) {
    // A decision that no map places is missing from the rows of whichever control it was meant for. A policy that its own map does not
    // name is not: that map says what supports the control.
    for (const { kind, message, count } of recorded) {
      if (kind !== 'gap_records' && kind !== 'unmapped_policy' && kind !== 'other_schema') {
        gaps.push({ kind: 'control_map', message, count });
      }
    }
  }
  if (truncated !== undefined) gaps.push({ kind: 'truncated', message: truncated.message });
  return {
    ...period,
    source: views.source,
    closed_days: scope.manifests.length,
    expected: views.expected,
    found: views.files.good.length,
    rows_expected: views.files.rows_expected,
    rows_found: views.files.rows_found,
    checked: views.files.checked,
    gaps,
    recorded_gaps: recorded,
    from_log: { days: views.fromLog.days, records: views.fromLog.records },
    tail: scope.tail,
    complete: gaps.length === 0,
  };
}

function recordedGaps(scope: Scope): Coverage['recorded_gaps'] {
  const found = new Map<string, DayGap & { days: number }>();
  for (const { details } of scope.manifests) {
    for (const gap of details.gaps) {
      const key = `${gap.kind} ${gap.control_map_digest ?? ''}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { ...gap, days: 1 });
      else {
        known.count += gap.count;
        known.days += 1;
      }
    }
  }
  return [...found.values()];
}
