import { visible } from '../../record/index.ts';
import { html, type Markup } from '../html.ts';
import type { Section } from '../page.ts';
import { dataTable } from '../table.ts';
import { hidden } from './frame.ts';
import { textDetails } from './question.ts';
import { actionForm } from './work.ts';

/** An answer as a page shows it. Values, messages and names are attacker-controlled. */
export interface AnswerView {
  complete: boolean;
  /** What was asked, over which log, and what was read for it. */
  facts: readonly (readonly [string, string])[];
  /** What is missing; `more` are left out. */
  gaps: { lines: readonly string[]; more: number };
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  /** All rows of the answer, and how many values of the rows here are cut. */
  row_count: number;
  cut: number;
  /** Said where the answer itself was cut. */
  truncated?: string | undefined;
  digest: string;
  text: string;
  download: { href: string; bytes: number };
  /** Asked again: what came of it. */
  compared?: ComparedView | undefined;
  /** Undefined where nobody may. */
  save?: { action: string; csrf: string; name: string; keepable: boolean; outcome: boolean } | undefined;
  /** Where it was saved. */
  saved?: { record_id: string; href: string | undefined } | undefined;
  again?: { action: string; csrf: string } | undefined;
}

export interface ComparedView {
  outcome: 'same' | 'changed';
  changes: readonly string[];
  limits: readonly string[];
  gone?: { first: readonly string[]; count: number } | undefined;
  come?: { first: readonly string[]; count: number } | undefined;
}

const count = (n: number) => n.toLocaleString('en-US');

/** How complete it is stands before the rows: without that, no rows do not mean that nothing happened. */
export function answerSections(view: AnswerView): Section[] {
  return [
    ...(view.compared === undefined ? [] : [comparedSection(view.compared)]),
    coverageSection(view),
    { id: 'rows', title: 'Rows', body: rowsMarkup(view) },
    { id: 'keep', title: 'Take it, keep it, ask it again', body: keepMarkup(view) },
    { id: 'text', title: 'What was asked', body: textDetails('The text of the question', view.text) },
  ];
}

function coverageSection({ complete, facts, gaps }: AnswerView): Section {
  return {
    id: 'coverage',
    title: complete ? 'All was read' : 'NOT COMPLETE',
    body: html`<p class="big">${complete ? 'All that the question reads was read, and is as the log says. Whether evidence of the period is missing is another matter: Completeness tells.' : 'What is missing is listed here. Rows that are not here do not show that nothing happened.'}</p>
${gaps.lines.length === 0 ? html`` : html`<ul>${gaps.lines.map((line) => html`<li>${visible(line)}</li>`)}${gaps.more === 0 ? html`` : html`<li>and ${count(gaps.more)} more: exhibit query shows all</li>`}</ul>`}
<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${visible(value)}</dd>`)}</dl>`,
  };
}

function rowsMarkup({ columns, rows, row_count, cut, truncated, complete }: AnswerView): Markup {
  const more = row_count - rows.length;
  const notes = [
    ...(truncated === undefined ? [] : [truncated]),
    ...(more === 0
      ? []
      : [`${count(rows.length)} of ${count(row_count)} rows are shown here. The CSV file below has all.`]),
    ...(cut === 0 ? [] : [`${count(cut)} long values are cut here. The CSV file below has them whole.`]),
  ];
  const body =
    rows.length === 0
      ? html`<p>${complete ? 'No rows.' : 'No rows, and the answer is not complete.'} The columns are ${visible(columns.join(', '))}.</p>`
      : dataTable(
          `Rows of the answer: ${count(rows.length)} of ${count(row_count)}`,
          columns.map((name) => visible(name)),
          rows.map((row) => row.map((value) => html`<span class="value">${visible(value)}</span>`)),
        );
  return html`${notes.map((line) => html`<p><strong>${line}</strong></p>`)}<div class="answer">${body}</div>`;
}

function keepMarkup({ digest, download, save, saved, again }: AnswerView): Markup {
  return html`<dl class="facts"><dt>result</dt><dd><code class="long">${digest}</code></dd></dl>
<p><a class="big" href="${download.href}">Download all rows as CSV</a> (${count(download.bytes)} bytes)</p>
${saved === undefined ? html`` : html`<p>Saved as ${saved.href === undefined ? html`record ${saved.record_id}, which waits for the next seal` : html`<a href="${saved.href}">record ${saved.record_id}</a>`}.</p>`}
${save === undefined || saved !== undefined ? html`` : saveForm(save)}
${again === undefined ? html`` : html`<h3>Ask it again</h3><p>The same question over the same records: it says whether the answer is the same.</p>${actionForm(again.action, again.csrf, 'Ask it again')}`}`;
}

function saveForm({ action, csrf, name, keepable, outcome }: NonNullable<AnswerView['save']>): Markup {
  if (outcome)
    return html`<h3>Put it on record</h3><p>What came of asking again becomes a record of the log.</p>${actionForm(action, csrf, 'Record the outcome')}`;
  const rows = keepable
    ? html`<p class="choice"><input type="checkbox" id="rows" name="rows" value="keep"><label for="rows">Keep the rows, too: then a later run says which of them changed</label></p>`
    : html`<p>The rows are too many to be kept. Their digest is.</p>`;
  return html`<h3>Save it as evidence</h3><form method="post" action="${action}">${hidden({ csrf })}<label for="name">Name of the answer</label><input id="name" name="name" value="${name}" maxlength="128" pattern="[A-Za-z0-9][A-Za-z0-9 ._\\/:\\-]{0,127}" required autocomplete="off">${rows}<p>Text, values, size of the log, completeness and digest become a record, which has a proof.</p><p><button>Save the answer</button></p></form>`;
}

function comparedSection({ outcome, changes, limits, gone, come }: ComparedView): Section {
  const rows = (word: string, some: ComparedView['gone']) =>
    some === undefined || some.count === 0
      ? html``
      : html`<p>Rows ${word}: ${count(some.count)}${some.count > some.first.length ? `, of which ${some.first.length} are shown` : ''}</p><pre tabindex="0"><code>${some.first.map((row) => `${visible(row)}\n`).join('')}</code></pre>`;
  return {
    id: 'outcome',
    title: outcome === 'same' ? 'The same' : 'CHANGED',
    body: html`<p class="big">${outcome === 'same' ? 'The answer is the same as before.' : 'The answer is not the same as before.'}</p>
${changes.length === 0 ? html`` : html`<ul>${changes.map((line) => html`<li>${visible(line)}</li>`)}</ul>`}${rows('gone', gone)}${rows('come', come)}
${outcome === 'changed' && gone === undefined ? html`<p>Which rows changed is not known: they were not kept.</p>` : html``}
<ul>${limits.map((line) => html`<li>${visible(line)}</li>`)}</ul>`,
  };
}
