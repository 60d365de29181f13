import { visible } from '../../record/index.ts';
import { html } from '../html.ts';
import type { Section } from '../page.ts';
import { identifier } from '../table.ts';

export interface RecordFacts {
  index: number;
  /** Name and value of what matters first. Attacker-controlled. */
  fields: readonly (readonly [string, string])[];
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
    {
      id: 'raw',
      title: 'The record as JSON',
      body: html`<pre tabindex="0"><code>${visible(json)}</code></pre>`,
    },
  ];
}
