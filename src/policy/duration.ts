/** Length of an ISO 8601 duration in seconds; a month has 30 days and a year 365. Undefined for what is none, such as `change`. */
export function durationSeconds(duration: string): number | undefined {
  const found = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(
    duration,
  );
  if (found === null || !/\d/.test(duration)) return undefined;
  const units = [365 * 86_400, 30 * 86_400, 7 * 86_400, 86_400, 3_600, 60, 1];
  return units.reduce((sum, unit, i) => sum + unit * Number(found[i + 1] ?? 0), 0);
}
