import { toHex } from '../../record/index.ts';
import { toUtf8 } from '../bytes.ts';

/** A part of the population that has its own share of the sample. */
export interface Stratum {
  name: string;
  population: number;
  size: number;
}

/**
 * Shares a size among strata by their populations: whole shares first, what is left to the largest remainders (of equal ones to the first by
 * the bytes of its name), and one to each stratum that would have none: the sample may grow by that.
 */
export function allot(size: number, strata: readonly Omit<Stratum, 'size'>[]): Stratum[] {
  const whole = strata.reduce((sum, { population }) => sum + population, 0);
  if (whole === 0) return [];
  const wanted = BigInt(Math.min(size, whole));
  const shares = strata.map((stratum) => {
    const product = wanted * BigInt(stratum.population);
    return { ...stratum, size: Number(product / BigInt(whole)), rest: product % BigInt(whole) };
  });
  let left = Number(wanted) - shares.reduce((sum, share) => sum + share.size, 0);
  const byRest = shares.toSorted((a, b) =>
    a.rest === b.rest ? compareBytes(a.name, b.name) : a.rest > b.rest ? -1 : 1,
  );
  for (const share of byRest) {
    if (left <= 0) break;
    share.size += 1;
    left -= 1;
  }
  return shares
    .map(({ name, population, size: own }) => ({ name, population, size: Math.max(1, own) }))
    .toSorted((a, b) => compareBytes(a.name, b.name));
}

/** Order of the UTF-8 bytes. The hexadecimal form has it, and needs nothing that a browser lacks. */
export function compareBytes(a: string, b: string): number {
  const [left, right] = [toHex(toUtf8(a)), toHex(toUtf8(b))];
  return left < right ? -1 : left > right ? 1 : 0;
}
