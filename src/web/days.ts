/** What a control's day looks like, worst first. A day without evidence is never drawn as a pass. */
export const DAY_STATES = ['fail', 'open', 'waived', 'stopped', 'pass', 'not_applicable', 'none'] as const;
export type DayState = (typeof DAY_STATES)[number];

export interface DayCell {
  state: DayState;
  /** Counts in words, for the tooltip and the table. */
  text: string;
  /** Where the events of this day are: a path or a fragment of the same site; anything else is no link. */
  href?: string;
  /** Of a week: days with evidence, where others have none. Such a week is never drawn as a pass. */
  part?: { with_evidence: number; of: number };
}

export interface HeatMapRow {
  /** Control id. */
  name: string;
  title: string;
  /** One cell a day, in the order of the days. */
  cells: readonly DayCell[];
  /** Set where the newest evidence is older than expected, in words: the tiles are faded. */
  old?: string;
  href?: string;
}
