/** Longest text of a query in bytes; AWS does not raise it. */
export const LONGEST_TEXT = 262_144;
/** Most rows of a page of results. */
export const PAGE_ROWS = 1_000;
/** Milliseconds between two looks at a query that runs: first and longest. */
export const FIRST_LOOK = 200;
export const LONGEST_LOOK = 2_000;
