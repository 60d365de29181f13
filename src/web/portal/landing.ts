import { html } from '../html.ts';
import { commands, type Section } from '../page.ts';
import { identifier } from '../table.ts';

export interface LandingFacts {
  /** Whole sentences, with their numbers and denominators. */
  sentences: readonly string[];
  checkpoint: { origin: string; size: number; root: string; level: string };
  /** That the log goes on from earlier states. */
  continuations: readonly { of: string; size: number; root: string; proof: number; to: number }[];
  verification: string;
  commands: readonly string[];
  not_covered: readonly string[];
  /** Where one record by its number is looked up. */
  record: string;
}

/** What an audit's first page says. */
export function landingSections(facts: LandingFacts): Section[] {
  const { checkpoint, continuations, sentences, not_covered } = facts;
  return [
    {
      id: 'period',
      title: 'The period in plain words',
      body: html`${sentences.map((line) => html`<p class="big">${line}</p>`)}`,
    },
    {
      id: 'unchanged',
      title: 'Not edited since',
      body: html`<dl class="facts"><dt>log</dt><dd>${checkpoint.origin}</dd><dt>size</dt><dd>${checkpoint.size}</dd><dt>root</dt><dd>${identifier(checkpoint.root)}</dd><dt>level of trust</dt><dd>${checkpoint.level}</dd><dt>whole log</dt><dd>${facts.verification}</dd></dl>
<ul>${continuations.map(
        ({ of, size, root, proof, to }) =>
          html`<li>The log of size ${to} goes on unchanged from ${of === 'period end' ? 'the end of the period' : 'when the engagement was opened'} (size ${size}, root ${identifier(root)}): shown by a consistency proof of ${proof} ${proof === 1 ? 'hash' : 'hashes'}, checked for this page.</li>`,
      )}</ul>`,
    },
    {
      id: 'verify',
      title: 'Verify it yourself',
      body: html`<p>What stands here was checked by the server that you are asking. With the pack and the public key of the log, which the team gives you by another way, you need neither the server nor the team.</p>${commands(facts.commands)}`,
    },
    {
      id: 'not-covered',
      title: 'What is not covered',
      body:
        not_covered.length === 0
          ? html`<p>Each control of the framework has a policy that speaks to it.</p>`
          : html`<ul>${not_covered.map((line) => html`<li>${line}</li>`)}</ul>`,
    },
    {
      id: 'record',
      title: 'One record',
      body: html`<form method="get" action="${facts.record}"><label for="index">Number of a record in the log</label><input id="index" name="index" inputmode="numeric" pattern="[0-9]{1,15}" required autocomplete="off"><p><button>Show it with its proof</button></p></form>`,
    },
  ];
}
