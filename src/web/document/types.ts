import type { HeatMapRow } from '../days.ts';
import type { Picture } from '../pictures/types.ts';

/** A cell: text, a number that stands right, or an id that is set like code. All of it may be attacker-controlled. */
export type DocumentCell = string | number | { code: string };

export interface DocumentTable {
  kind: 'table';
  caption: string;
  columns: readonly string[];
  rows: readonly (readonly DocumentCell[])[];
  /** A page shows its name and how many rows it has, and the rest when somebody opens it, or prints. Other forms have it whole. */
  folded?: boolean;
}

export type DocumentBlock =
  | { kind: 'text'; text: string }
  | { kind: 'heading'; text: string }
  | { kind: 'list'; items: readonly string[] }
  | DocumentTable
  | { kind: 'days'; days: readonly string[]; rows: readonly HeatMapRow[] }
  /** A page draws it and the table of its numbers; a PDF and a CSV file show the table. */
  | { kind: 'picture'; picture: Picture };

/** What a page and a PDF show in the same order. */
export interface WebDocument {
  title: string;
  warnings: readonly string[];
  lead: readonly string[];
  sections: readonly { id: string; title: string; blocks: readonly DocumentBlock[] }[];
  footer: string;
}
