/** A saved question: its text runs on Athena and, through the macros, on DuckDB. */
export interface QueryTemplate {
  name: string;
  title: string;
  /** What it answers, in plain words. */
  question: string;
  /** What each name stands for. from, to, framework and control come from the period and the control that are asked for. */
  parameters: readonly QueryParameter[];
  /** Names in the order of `?` in the text. */
  positions: readonly string[];
  /** Reads all days from the start of the log to the end of the period, for what stays in force. */
  history?: boolean;
  /** Shows the decisions that no control map places, so its answer lacks nothing when there are some. */
  showsUnplaced?: boolean;
  sql: string;
}

export interface QueryParameter {
  name: string;
  type: 'day' | 'varchar' | 'timestamp';
  about: string;
}

const FROM: QueryParameter = { name: 'from', type: 'day', about: 'first day of the period, by recorded_at' };
const TO: QueryParameter = { name: 'to', type: 'day', about: 'last day of the period, by recorded_at' };
const FRAMEWORK: QueryParameter = { name: 'framework', type: 'varchar', about: 'such as soc2' };
const CONTROL: QueryParameter = { name: 'control', type: 'varchar', about: 'such as cc6.1' };

/** Parameters that most questions share. */
export const PERIOD = [FROM, TO] as const;
export const OF_FRAMEWORK = [FRAMEWORK, FROM, TO] as const;
export const OF_CONTROL = [FRAMEWORK, CONTROL, FROM, TO] as const;

/** `year`, `month` and `day` are partitions: this form reads the files of the period only, on Athena too. */
export const IN_PERIOD = `year || '-' || month || '-' || day BETWEEN ? AND ?`;

/** The day on which a record was recorded, as text: what the dates of a control map are compared with. */
export const RECORDED_DAY = `year || '-' || month || '-' || day`;

/** The same with a table's short name in front. */
export function recordedDay(table: string): string {
  return `${table}.year || '-' || ${table}.month || '-' || ${table}.day`;
}

/** Links of a decision, `f`, to controls, by its own control map and on its day. */
export const LINKED_ON_DAY = `JOIN control_map c ON c.map_digest = f.control_map_digest AND c.policy_id = f.policy_id
  AND ${recordedDay('f')} BETWEEN c.valid_from AND c.valid_until`;

/** The same with a table's short name in front. */
export function inPeriod(table: string): string {
  return `${table}.year || '-' || ${table}.month || '-' || ${table}.day BETWEEN ? AND ?`;
}

/** From the start of the log to the end of the period: for questions with `history`. */
export const UP_TO = `year || '-' || month || '-' || day <= ?`;

/** The days before the period, for the same. */
export function before(table: string): string {
  return `${recordedDay(table)} < ?`;
}
