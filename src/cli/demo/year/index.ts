/** A year of evidence of a company that does not exist, made from a seed and labelled as made. */
export { labelled } from './labelled.ts';
export { type MadeYear, readMade } from './made.ts';
export { makeYear, type YearOptions } from './make.ts';
