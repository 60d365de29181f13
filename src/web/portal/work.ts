import { html, type Markup } from '../html.ts';
import type { Section } from '../page.ts';
import { hidden } from './frame.ts';

export interface WorkFacts {
  what: string;
  done: number;
  total: number;
}

/** How far something is that is being made. */
export function workSection(title: string, { what, done, total }: WorkFacts): Section {
  const count = (n: number) => n.toLocaleString('en-US');
  return {
    id: 'work',
    title,
    body: html`<p id="doing">${what}: ${count(done)} of ${count(total)}</p><progress aria-labelledby="doing" max="${Math.max(total, 1)}" value="${Math.min(done, total)}"></progress><p>This page looks again by itself every two seconds.</p>`,
  };
}

/** A button that makes something: it is a form with the session's token. */
export function actionForm(action: string, csrf: string, button: string): Markup {
  return html`<form method="post" action="${action}">${hidden({ csrf })}<p><button>${button}</button></p></form>`;
}

export interface PackFacts {
  state:
    | { state: 'none' }
    | ({ state: 'making' } & WorkFacts)
    | {
        state: 'made';
        bytes: number;
        digest: string;
        at: string;
        download: string;
        record: string;
        proof: string;
      }
    | { state: 'failed'; code: string };
  /** Where a new one is asked for; undefined: nobody may, or this server makes none. */
  make: string | undefined;
  csrf: string;
}

/** What an auditor takes away. */
export function packSections({ state, make, csrf }: PackFacts): Section[] {
  const again = (words: string) => (make === undefined ? html`` : actionForm(make, csrf, words));
  if (state.state === 'making') return [workSection('The pack is being made', state)];
  return [
    {
      id: 'pack',
      title: 'The pack',
      body:
        state.state === 'made'
          ? html`<dl class="facts"><dt>made</dt><dd>${state.at}</dd><dt>size</dt><dd>${state.bytes.toLocaleString('en-US')} bytes</dd><dt>digest</dt><dd><code class="long">${state.digest}</code></dd></dl><p><a class="big" href="${state.download}">Download the pack</a></p><p>Beside it: <a href="${state.record}">the record that names its digest</a> and <a href="${state.proof}">the proof of that record</a>. With both a verifier knows that this very pack is on the record of the log.</p>${again('Make it again')}`
          : state.state === 'failed'
            ? html`<p>It could not be made (${state.code}). The team sees why in the log of the server.</p>${again('Try again')}`
            : html`<p>One ZIP with the answers, their records with inclusion proofs, checkpoints, and a verifier that needs nothing of the server. Making it is put on record, with its digest.</p>${make === undefined ? html`<p>This server makes no packs; the team can: <code>exhibit pack</code>.</p>` : again('Make the pack')}`,
    },
  ];
}
