/** Unix milliseconds of now. A parameter everywhere, so that a period can be judged as of another time. */
export type Clock = () => number;

/** RFC 3339 in UTC with three decimals, as records carry it. */
export function formatInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** An instant as people read it, to the second or the minute; UTC, which the reader is told beside it. */
export function readableInstant(instant: string, to: 'second' | 'minute' = 'second'): string {
  return instant.slice(0, to === 'second' ? 19 : 16).replace('T', ' ');
}

/** Whether a text is an instant as records carry it, of a day that the calendar has. */
export function isInstant(text: string): boolean {
  const milliseconds = Date.parse(text);
  // Written again, because 30 February is read as 2 March, and other forms are read too.
  return Number.isFinite(milliseconds) && formatInstant(milliseconds) === text;
}

/** The UTC day, `YYYY-MM-DD`, of an instant. */
export function dayOf(milliseconds: number): string {
  return formatInstant(milliseconds).slice(0, 10);
}

export const DAY_MILLISECONDS = 86_400_000;
