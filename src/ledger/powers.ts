/** The largest power of two below a count; 1 for 1. */
export function largestPowerBelow(count: number): number {
  let power = 1;
  while (2 * power < count) power *= 2;
  return power;
}
