import type { RandomBytes } from '../record/index.ts';

const POOL = 4_096;

/** The same randomness, asked of the system for many ids at once: an id for each record of each answer is many small questions. */
export function pooled(random: RandomBytes): RandomBytes {
  let pool: Uint8Array = new Uint8Array();
  let at = 0;
  return (length) => {
    if (length > POOL / 16) return random(length);
    if (at + length > pool.length) [pool, at] = [random(POOL), 0];
    at += length;
    // A copy: what was given out is not given out again, and whoever has it may change it.
    return pool.slice(at - length, at);
  };
}
