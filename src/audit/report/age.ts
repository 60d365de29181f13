import { daysOf } from '../../lake/index.ts';
import { durationSeconds } from '../../policy/index.ts';

/**
 * In words, where nothing came for longer than the shortest cadence. A cadence that is no time, such as `change`, promises no day.
 * @param last UTC day of the newest evidence
 * @param until last day that evidence can be expected of
 */
export function olderThan(last: string, cadences: readonly string[], until: string): string | undefined {
  const [shortest] = cadences
    .flatMap((cadence) => {
      const seconds = durationSeconds(cadence);
      return seconds === undefined ? [] : [{ cadence, days: Math.max(1, Math.ceil(seconds / 86_400)) }];
    })
    .sort((a, b) => a.days - b.days);
  if (shortest === undefined || last > until) return undefined;
  const age = daysOf({ from: last, to: until }).length - 1;
  return age > shortest.days
    ? `newest evidence ${age} days old, expected each ${shortest.cadence}`
    : undefined;
}
