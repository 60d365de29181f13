import type { Compared, SavedQuery } from '../../../audit/index.ts';
import type { Failed, QueryAnswer, QueryRequest } from '../../../lake/index.ts';

/** What the process of one question is asked. */
export interface AskQuestion {
  /** Folder of the ledger. */
  folder: string;
  request: QueryRequest;
  /** The log is asked as it was with so many records. */
  size: number;
  /** Folder that is there, for the rows. */
  out: string;
  /** Compared with what was answered before, where it is asked again. */
  before?: SavedQuery;
}

/** An answer without its rows, and of these as many as a page shows. */
export interface AnswerFacts {
  answer: Omit<QueryAnswer, 'rows'>;
  shown: Shown;
  csv: { bytes: number; digest: string };
  /** Whether the rows are few enough to be kept beside a saved answer. */
  keepable: boolean;
  compared?: Pick<Compared, 'outcome' | 'changes' | 'limits'> & { gone?: Some; come?: Some };
}

/** Rows of a page: the first ones, and values that are longer are cut. */
export interface Shown {
  rows: string[][];
  /** How many values of these rows are cut. */
  cut: number;
}

/** Some rows as text, and how many there are. */
export interface Some {
  first: string[];
  count: number;
}

export type AskMessage =
  | { kind: 'progress'; what: 'files compared' | 'question runs'; done: number; total: number }
  | { kind: 'answered'; facts: AnswerFacts }
  | Failed;

/** Files in `out`. */
export const CSV = 'answer.csv';
export const ROWS = 'rows.json';
