/** Suffixes of Kubernetes, as a power of ten or of two. @see k8s.io/apimachinery/pkg/api/resource, "Quantity" */
const SUFFIXES: readonly [string, bigint, bigint][] = [
  ['n', 1n, 10n ** 9n],
  ['u', 1n, 10n ** 6n],
  ['m', 1n, 1000n],
  ['', 1n, 1n],
  ['k', 10n ** 3n, 1n],
  ['M', 10n ** 6n, 1n],
  ['G', 10n ** 9n, 1n],
  ['T', 10n ** 12n, 1n],
  ['P', 10n ** 15n, 1n],
  ['Ki', 2n ** 10n, 1n],
  ['Mi', 2n ** 20n, 1n],
  ['Gi', 2n ** 30n, 1n],
  ['Ti', 2n ** 40n, 1n],
  ['Pi', 2n ** 50n, 1n],
];
const WRITTEN = /^(\d{1,18})(?:\.(\d{1,9}))?(n|u|m||k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)$/;
/** Most digits behind the point that are tried. */
const DIGITS = 3;

/**
 * The spellings in which people write one quantity: with each suffix in which it has at most three digits behind the point, and
 * as a number where it has no suffix. So `1` is also `1000m`, `1.0` and the number 1; not `1e0`.
 * @param value as the API server writes it; attacker-controlled
 * @returns none for what is no quantity
 */
export function spellings(value: unknown): (string | number)[] {
  if (typeof value !== 'string') return [];
  const [, whole, fraction = '', suffix] = WRITTEN.exec(value) ?? [];
  const unit = SUFFIXES.find(([name]) => name === suffix);
  if (whole === undefined || unit === undefined) return [];
  const up = BigInt(whole + fraction) * unit[1];
  const down = 10n ** BigInt(fraction.length) * unit[2];
  const found: (string | number)[] = [];
  for (const [name, times, parts] of SUFFIXES) {
    for (let digits = 0; digits <= DIGITS; digits += 1) {
      const [top, bottom] = [up * parts * 10n ** BigInt(digits), down * times];
      if (top % bottom !== 0n) continue;
      const text = withPoint(top / bottom, digits);
      found.push(`${text}${name}`);
      if (name === '' && Number.isSafeInteger(Math.trunc(Number(text)))) found.push(Number(text));
    }
  }
  return [...new Set(found)];
}

function withPoint(value: bigint, digits: number): string {
  const text = String(value).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
