import type { QueryAnswer } from '../../lake/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { type Cell, dataTable, html, identifier, instant, type Markup, titled } from '../../web/index.ts';
import { duration, meaning, words } from './words.ts';

type Titles = ReadonlyMap<string, string>;

/** The first two columns of an answer as a map. */
export function titles(answer: QueryAnswer): Titles {
  return new Map(answer.rows.map(([id, title]) => [String(id), String(title)]));
}

/** Decisions of a control by day. */
export function verdicts(answer: QueryAnswer): Markup {
  return dataTable(
    'Decisions by day, and what was done about them',
    ['Day', 'Verdict', 'Decisions', 'Meaning'],
    rowsOf(answer).map((row) => [
      html`<time>${row.text('recorded_day')}</time>`,
      words(row.text('verdict')),
      row.number('decisions'),
      html`<span class="text">${meaning(row.text('verdict'), row.text('disposition'))}</span>`,
    ]),
  );
}

/** Failures with the time until they passed. */
export function recovery(answer: QueryAnswer, policies: Titles): Markup {
  return dataTable(
    'One row a failure; it has passed when the same policy passed for the same thing again',
    ['What was judged', 'Policy', 'Severity', 'Failed', 'Passed again', 'After', 'Record'],
    rowsOf(answer).map((row) => [
      subject(row),
      policy(row, policies),
      row.text('severity'),
      instant(row.text('failed_at')),
      row.text('passed_at') === '' ? 'not yet' : instant(row.text('passed_at')),
      row.text('minutes_to_pass') === ''
        ? ''
        : html`<span class="whole">${duration(row.number('minutes_to_pass'))}</span>`,
      record(row),
    ]),
  );
}

/** What got no answer, with the reason. */
export function undecided(answer: QueryAnswer, policies: Titles): Markup {
  return dataTable(
    'Not evaluated: the plan did not know the value; it blocked. It is never counted as a pass',
    ['What was judged', 'Policy', 'Why not', 'When', 'Record'],
    rowsOf(answer).map((row) => [
      subject(row),
      policy(row, policies),
      html`<span class="text">${row.text('message')}</span>`,
      instant(row.text('observed_at')),
      record(row),
    ]),
  );
}

/** Tickets that waived a policy. */
export function overrides(answer: QueryAnswer, policies: Titles): Markup {
  return dataTable(
    'Tickets that waived a policy. A waived decision stays a failure',
    ['Policy', 'Reason and ticket', 'People', 'In force', 'Used'],
    rowsOf(answer).map((row) => [
      policy(row, policies),
      html`<span class="text">${row.text('reason')}</span>${identifier(row.text('ticket'))}`,
      html`Owner: ${row.text('owner')}<br>Approver: ${row.text('approver')}`,
      html`from ${instant(row.text('created'))}<br>until ${instant(row.text('sunset'))}`,
      row.number('uses') === 1 ? 'once' : `${row.number('uses')} times`,
    ]),
  );
}

interface Row {
  text(column: string): string;
  number(column: string): number;
}

/** Rows whose cells are asked for by name: a column that is not there is an error, not an empty cell. */
function rowsOf({ columns, rows }: QueryAnswer): Row[] {
  const places = new Map(columns.map(({ name }, i) => [name, i]));
  return rows.map((row) => {
    const value = (column: string) => {
      const place = places.get(column);
      if (place === undefined) throw new ExhibitError('INTERNAL', `the answer has no column ${column}`);
      return row[place];
    };
    return { text: (column) => String(value(column) ?? ''), number: (column) => Number(value(column)) };
  });
}

function subject(row: Row): Cell {
  return html`<span class="text">${words(row.text('subject_type'))}</span>${identifier(row.text('subject_id'))}`;
}

function policy(row: Row, policies: Titles): Cell {
  const id = row.text('policy_id');
  return titled(policies.get(id) ?? '', id);
}

/** A record by its place in the log: short, and what `exhibit ledger proof` takes. The whole id is in the tooltip. */
function record(row: Row): Cell {
  return html`<span class="whole" title="${row.text('record_id')}">no. ${row.text('log_index')}</span>`;
}
