/** Kind of the act by which a population was compared with another source. */
export const RECONCILED = 'population reconciled';
