/** Unix milliseconds of now. A parameter everywhere, so that a period can be judged as of another time. */
export type Clock = () => number;

/** RFC 3339 in UTC with three decimals, as records carry it. */
export function formatInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** The UTC day, `YYYY-MM-DD`, of an instant. */
export function dayOf(milliseconds: number): string {
  return formatInstant(milliseconds).slice(0, 10);
}

export const DAY_MILLISECONDS = 86_400_000;
