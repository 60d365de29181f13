import type { QueryAnswer } from '../../lake/index.ts';

/** A row of an answer, by the names of its columns. */
export class Row {
  readonly #answer: QueryAnswer;
  readonly #row: QueryAnswer['rows'][number];

  constructor(answer: QueryAnswer, row: QueryAnswer['rows'][number]) {
    this.#answer = answer;
    this.#row = row;
  }

  /** Null where the cell is empty. */
  maybe(name: string): string | null {
    const at = this.#answer.columns.findIndex((column) => column.name === name);
    if (at < 0) throw new TypeError(`the answer has no column ${name}`);
    const value = this.#row[at] ?? null;
    return value === null ? null : String(value);
  }

  text(name: string): string {
    return this.maybe(name) ?? '';
  }

  number(name: string): number {
    return Number(this.maybe(name) ?? 0);
  }
}

export function rowsOf(answer: QueryAnswer): Row[] {
  return answer.rows.map((row) => new Row(answer, row));
}

/** The columns that every count of decisions has. */
export function countsOf(row: Row) {
  return {
    decisions: row.number('decisions'),
    pass: row.number('pass'),
    fail: row.number('fail'),
    waived: row.number('waived'),
    undecided: row.number('undecided'),
    not_applicable: row.number('not_applicable'),
  };
}
