import type { Severity, Verdict } from '../record/index.ts';

/** Words for severities in foreign formats, lower case. */
const SEVERITY: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  fatal: 'critical',
  emergency: 'critical',
  alert: 'critical',
  high: 'high',
  error: 'high',
  important: 'high',
  medium: 'medium',
  moderate: 'medium',
  warning: 'medium',
  warn: 'medium',
  low: 'low',
  minor: 'low',
  notice: 'low',
  note: 'low',
  info: 'info',
  information: 'info',
  informational: 'info',
  negligible: 'info',
  none: 'info',
  trace: 'info',
  debug: 'info',
};

/** @param word of any case. Undefined for one that is none of them (`UNKNOWN`): then the tool stated no severity. */
export function severityOf(word: unknown): Severity | undefined {
  return typeof word === 'string' && Object.hasOwn(SEVERITY, word.toLowerCase())
    ? SEVERITY[word.toLowerCase()]
    : undefined;
}

/** CVSS base score, 0 to 10, by the qualitative scale of CVSS v3.1 section 5. */
export function severityOfScore(score: number): Severity | undefined {
  if (!(score >= 0 && score <= 10)) return undefined;
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'info';
}

const SECONDS = /^-?\d{1,11}(\.\d+)?$/;
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

/**
 * A time as foreign formats write it, as RFC 3339 in UTC with milliseconds: RFC 3339 with any fraction and zone, a space instead of
 * `T`, epoch seconds, milliseconds, microseconds or nanoseconds. A time without a zone is undefined: it would mean another instant on another
 * machine; a caller that knows the zone says so.
 * @param zone for a text without one: `Z`, `+01:00`
 */
export function instantOf(value: unknown, zone?: string): string | undefined {
  if (typeof value === 'number' || (typeof value === 'string' && SECONDS.test(value)))
    return epoch(Number(value));
  if (typeof value !== 'string' || value.length > 64) return undefined;
  // Lines of a log mostly lie in the second of the line before.
  const fraction = value.startsWith(second) ? FRACTION.exec(value.slice(second.length)) : null;
  if (fraction !== null) return `${second}.${(fraction[1] ?? '').padEnd(3, '0').slice(0, 3)}Z`;
  const instant = calendar(value, zone);
  if (instant !== undefined && value.startsWith(instant.slice(0, SECOND_LENGTH)))
    second = instant.slice(0, SECOND_LENGTH);
  return instant;
}

/** The last second that was found in the calendar, `2026-01-02T03:04:05`, and what may follow it in a time of UTC. */
let second = 'none';
const SECOND_LENGTH = 19;
const FRACTION = /^(?:\.(\d{1,12}))?Z$/;

function calendar(value: string, zone: string | undefined): string | undefined {
  const match =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,12}))?\s?(Z|[+-]\d{2}:?\d{2}|UTC)?$/i.exec(
      value.trim(),
    );
  const [, day, time, fraction = '', given] = match ?? [];
  const offset = given ?? zone;
  if (day === undefined || time === undefined || offset === undefined) return undefined;
  const colon = /^utc$/i.test(offset) ? 'Z' : offset.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2').toUpperCase();
  return within(Date.parse(`${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}${colon}`));
}

function epoch(value: number): string | undefined {
  const size = Math.abs(value);
  const divisor = size < 1e11 ? 1e-3 : size < 1e14 ? 1 : size < 1e17 ? 1e3 : 1e6;
  // Of 1767323050.1 seconds, dividing by a thousandth makes 99.99 milliseconds: to microseconds first.
  return within(Math.floor(Math.round((value / divisor) * 1e3) / 1e3));
}

function within(time: number): string | undefined {
  return time >= EARLIEST && time < LATEST ? new Date(time).toISOString() : undefined;
}

/**
 * A file's place as records have it: relative to the repository, with `/`. `file:` URLs, `./`, drive letters and backslashes go. A path that leads out
 * (`../`, absolute) keeps its text: it is only shown, never opened.
 * @param path attacker-controlled
 */
export function placeOf(path: string, base?: string): string | undefined {
  let place = path.replaceAll('\\', '/').trim();
  if (/^file:\/\//i.test(place)) {
    try {
      place = decodeURIComponent(place.replace(/^file:\/\/[^/]*/i, ''));
    } catch {
      place = place.replace(/^file:\/\/[^/]*/i, '');
    }
  }
  if (base !== undefined && base !== '' && place.startsWith(`${base.replace(/\/$/, '')}/`))
    place = place.slice(base.replace(/\/$/, '').length + 1);
  place = place.replace(/^(\.\/)+/, '');
  return place === '' ? undefined : place;
}

/** The verdict that a word means in one format; anything else is not_evaluated: unknown is never a pass. */
export function verdictBy(words: Readonly<Record<string, Verdict>>): (word: unknown) => Verdict {
  return (word) =>
    typeof word === 'string' && Object.hasOwn(words, word) ? (words[word] as Verdict) : 'not_evaluated';
}

/** A line number, or undefined for what is none (0, -1, text). */
export function lineOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 ? value : undefined;
}
