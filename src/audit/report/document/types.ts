import type { Picture } from './pictures.ts';

/** A cell: text, a number that stands right, or an id that is set like code. All of it may be attacker-controlled. */
export type DocumentCell = string | number | { code: string };

export type DocumentBlock =
  | { kind: 'text'; text: string }
  | { kind: 'heading'; text: string }
  | { kind: 'list'; items: readonly string[] }
  | {
      kind: 'table';
      caption: string;
      columns: readonly string[];
      rows: readonly (readonly DocumentCell[])[];
      /** A page shows it when somebody opens it. */
      folded?: boolean;
    }
  | { kind: 'days'; days: readonly string[]; rows: readonly DayRow[] }
  | { kind: 'picture'; picture: Picture };

/** A control, and its state on each day. */
export interface DayRow {
  name: string;
  title: string;
  cells: readonly {
    state: 'fail' | 'open' | 'waived' | 'stopped' | 'pass' | 'not_applicable' | 'none';
    text: string;
    /** Where the events of that day are, within the site that shows the document. */
    href?: string;
  }[];
  /** In words, where the newest evidence is older than the policies promise. */
  old?: string;
  href?: string;
}

/** What a page, a PDF and a CSV file show in the same order. */
export interface ReportDocument {
  title: string;
  /** What the reader must know first. */
  warnings: readonly string[];
  lead: readonly string[];
  sections: readonly { id: string; title: string; blocks: readonly DocumentBlock[] }[];
  footer: string;
}

export type DocumentSection = ReportDocument['sections'][number];
