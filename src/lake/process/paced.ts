export type Tell<What extends string = string> = (what: What, done: number, total: number) => void;

/** Least time between two messages on progress, milliseconds. */
const APART = 200;

/** Tells how far something is, not more often than anybody reads it; that a piece begins (`done` 0) is always told. */
export function paced<What extends string>(tell: Tell<What>): Tell<What> {
  let told = 0;
  return (what, done, total) => {
    const now = performance.now();
    if (now - told < APART && done !== 0) return;
    told = now;
    tell(what, done, total);
  };
}
