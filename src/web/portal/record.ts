import { visible } from '../../record/index.ts';
import { html } from '../html.ts';
import type { Section } from '../page.ts';
import { identifier } from '../table.ts';

export interface RecordFacts {
  index: number;
  /** Name and value of what matters first. Attacker-controlled. */
  fields: readonly (readonly [string, string])[];
  /** Of a decision: the text of its rule, and how to perform it again; or why not. Attacker-controlled. */
  decision?: {
    rule: readonly { file: string; text: string }[] | { why: string };
    again: { input: string; commands: readonly string[] } | { why: string };
  };
  /** The record, as JSON with line breaks. Attacker-controlled. */
  json: string;
  /** tlog-proof text. */
  proof: string;
  leaf: string;
  hashes: number;
  checkpoint: { size: number; root: string; signed_by: readonly string[] };
}

/** One record with its inclusion proof, which was verified for this page. */
export function recordSections({
  index,
  fields,
  decision,
  json,
  proof,
  leaf,
  hashes,
  checkpoint,
}: RecordFacts): Section[] {
  return [
    {
      id: 'facts',
      title: `Record ${index}`,
      body: html`<dl class="facts">${fields.map(([name, value]) => html`<dt>${name}</dt><dd>${visible(value)}</dd>`)}</dl>`,
    },
    {
      id: 'proof',
      title: 'In the log: verified',
      body: html`<p>Its hash ${identifier(leaf)} leads by ${hashes} hashes to the root ${identifier(checkpoint.root)} of the log at size ${checkpoint.size}, signed by ${checkpoint.signed_by.join(', ')}.</p><details><summary>The proof, as a file for exhibit verify (c2sp.org/tlog-proof)</summary><pre tabindex="0"><code>${proof}</code></pre></details>`,
    },
    ...(decision === undefined ? [] : decisionSections(decision)),
    {
      id: 'raw',
      title: 'The record as JSON',
      body: html`<pre tabindex="0"><code>${visible(json)}</code></pre>`,
    },
  ];
}

function decisionSections({ rule, again }: NonNullable<RecordFacts['decision']>): Section[] {
  return [
    {
      id: 'rule',
      title: 'The rule that decided',
      body:
        'why' in rule
          ? html`<p>${visible(rule.why)}</p>`
          : html`<p>Of the bundle that the record names, with its digest.</p>${rule.map(({ file, text }) => html`<details><summary>${visible(file)}</summary><pre tabindex="0"><code>${visible(text)}</code></pre></details>`)}`,
    },
    {
      id: 'again',
      title: 'Perform it again',
      body:
        'why' in again
          ? html`<p>${visible(again.why)}</p>`
          : html`<p>With the evidence on your machine. The first says whether rule and stored input (${identifier(again.input)}) give the same verdict again; the second writes one page that does it in your browser, offline, and shows the input. NAME is who you are in this engagement; each is on its record.</p><pre tabindex="0"><code>${again.commands.join('\n')}</code></pre>`,
    },
  ];
}
