import type { RandomBytes } from '../../record/index.ts';

/** Asked of the system in one piece and given out in small ones: 20,000 ids a second are no 20,000 calls of the system. */
export function pieces(random: RandomBytes, whole = 16_384): RandomBytes {
  let left = new Uint8Array(0);
  return (length) => {
    if (length > left.length) left = new Uint8Array(random(Math.max(whole, length)));
    const given = left.slice(0, length);
    left = left.subarray(length);
    return given;
  };
}
