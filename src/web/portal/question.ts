import { html, type Markup } from '../html.ts';
import type { Section } from '../page.ts';
import { dataTable, titled } from '../table.ts';
import { hidden } from './frame.ts';

/** A field of a form that asks a question. Values may be attacker-controlled. */
export type QuestionField =
  | {
      kind: 'choice';
      name: string;
      label: string;
      options: readonly (readonly [string, string])[];
      value: string;
    }
  | { kind: 'day'; name: string; label: string; value: string; min: string; max: string }
  | {
      kind: 'lines';
      name: string;
      label: string;
      about: string;
      value: string;
      most: number;
      code?: boolean;
    };

export interface QuestionForm {
  /** Where it goes; undefined where nobody may ask. */
  action: string | undefined;
  csrf: string;
  fields: readonly QuestionField[];
}

/** A question, and the form that asks it. */
export function askSection({ action, csrf, fields }: QuestionForm, title = 'Ask'): Section {
  return {
    id: 'ask',
    title,
    body:
      action === undefined
        ? html`<p>Nobody can ask here any more: the engagement is not open.</p>`
        : html`<form method="post" action="${action}">${hidden({ csrf })}${fields.map(fieldMarkup)}<p>That you ask is put on record before the answer is shown.</p><p><button>Ask</button></p></form>`,
  };
}

function fieldMarkup(field: QuestionField): Markup {
  const { kind, name, label, value } = field;
  const head = html`<label for="${name}">${label}</label>`;
  switch (kind) {
    case 'choice':
      return html`${head}<select id="${name}" name="${name}">${field.options.map(([id, text]) => html`<option value="${id}"${id === value ? html` selected` : html``}>${text}</option>`)}</select>`;
    case 'day':
      return html`${head}<input id="${name}" name="${name}" type="date" value="${value}" min="${field.min}" max="${field.max}" required>`;
    case 'lines': {
      const about = `${name}-about`;
      const code = field.code === true;
      return html`${head}<p id="${about}" class="soft">${field.about}</p><textarea id="${name}" name="${name}" maxlength="${field.most}" aria-describedby="${about}" spellcheck="false"${code ? html` class="code" required` : html``}>${kept(value)}</textarea>`;
    }
  }
}

/** A browser takes the first line feed of a text field away. */
function kept(value: string): string {
  return value.startsWith('\n') ? `\n${value}` : value;
}

export interface QuestionLine {
  name: string;
  title: string;
  question: string;
  href: string;
}

/** Questions to choose from. */
export function questionList(caption: string, lines: readonly QuestionLine[]): Markup {
  return dataTable(
    caption,
    ['Question', 'What it answers'],
    lines.map(({ name, title, question, href }) => [
      html`<a href="${href}">${titled(title, name)}</a>`,
      html`<span class="text">${question}</span>`,
    ]),
  );
}

/** The text of a question, for who reads it. */
export function textDetails(summary: string, sql: string): Markup {
  return html`<details><summary>${summary}</summary><pre tabindex="0"><code>${sql}</code></pre></details>`;
}
