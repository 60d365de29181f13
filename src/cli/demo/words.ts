import { plural } from '../../record/index.ts';
/** A name of the record's vocabulary as people write it. */
export function words(name: string): string {
  return name.replaceAll('_', ' ');
}

/** What a verdict and what was done about it mean, in one line. */
export function meaning(verdict: string, disposition: string): string {
  switch (verdict) {
    case 'pass':
      return 'The rule holds.';
    case 'fail':
      return `The rule does not hold; ${done(disposition)}.`;
    case 'not_applicable':
      return 'The input held nothing that the policy speaks of. Not counted as a pass.';
    case 'not_evaluated':
      return `The plan did not know the value yet; ${done(disposition)}.`;
    case 'error':
      return `The rule could not be judged; ${done(disposition)}.`;
    default:
      return disposition;
  }
}

function done(disposition: string): string {
  switch (disposition) {
    case 'enforced':
      return 'it blocked';
    case 'warned':
      return 'a warning, it did not block';
    case 'waived':
      return 'an override let it through';
    case 'observed':
      return 'it was only noted';
    default:
      return `done about it: ${words(disposition)}`;
  }
}

/** A time span in its two largest units. @param minutes whole minutes */
export function duration(minutes: number): string {
  const parts = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor((minutes % 1440) / 60), 'hour'],
    [minutes % 60, 'minute'],
  ] as const;
  const first = parts.findIndex(([n]) => n > 0);
  if (first < 0) return 'less than a minute';
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => plural(n, unit))
    .join(' ');
}
