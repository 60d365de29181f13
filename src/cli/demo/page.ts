import { existsSync, writeFileSync } from 'node:fs';
import { daysOf, type QueryAnswer } from '../../lake/index.ts';
import { commands, heatMap, heatMapSvg, html, type Markup, renderPage } from '../../web/index.ts';
import { type Answers, CONTROL, PERIOD, VERIFIER } from './audit.ts';
import { heatMapRows } from './picture.ts';
import type { Stage } from './stage.ts';
import { overrides, recovery, titles, undecided, verdicts } from './tables.ts';

const PICTURE = 'evidence-by-day.svg';

/** A page that is worth opening: the week by control and day, the answers, and how to check them. */
export async function writePage(stage: Stage, answers: Answers): Promise<void> {
  const { ledger, coverage } = answers.verdicts;
  const controls = titles(answers.controlTitles);
  const policies = titles(answers.policyTitles);
  const control = `${CONTROL} (${controls.get(CONTROL.split('/')[1] ?? '') ?? ''})`;
  const days = daysOf(PERIOD);
  const rows = heatMapRows(answers.days, days, controls);
  const text = renderPage({
    title: 'One week of evidence for SOC 2',
    lead: [
      `From ${PERIOD.from} to ${PERIOD.to} (UTC), a hook and a CI gate judged a shop's Terraform plan and Kubernetes manifests with a signed policy bundle, a webhook what was applied to the cluster, and a watcher what ran there. On Wednesday nothing ran, so nothing is known about that day.`,
      'This is demonstration data. No cluster was at work: the webhook and the watcher were the real ones, and were given what a real API server had asked and answered.',
      'A control is one requirement of SOC 2, such as cc6.1. A policy is a rule that gives evidence for one or more controls. A decision is what one policy said of one thing, such as a database or a container.',
    ],
    sections: [
      {
        id: 'picture',
        title: 'Evidence by control and day',
        body: html`${heatMap(days, rows)}<p>The same as a picture for a report: <a href="${PICTURE}">${PICTURE}</a></p>`,
      },
      {
        id: 'verdicts',
        title: `Decisions for ${control}`,
        body: html`${verdicts(answers.verdicts)}${source(answers.verdicts)}`,
      },
      {
        id: 'recovery',
        title: 'Failures, and the time until they passed',
        body: html`${recovery(answers.recovery, policies)}${source(answers.recovery)}`,
      },
      {
        id: 'undecided',
        title: 'What could not be judged',
        body: html`${undecided(answers.undecided, policies)}${source(answers.undecided)}`,
      },
      {
        id: 'overrides',
        title: 'Overrides in force',
        body: html`${overrides(answers.overrides, policies)}${source(answers.overrides)}`,
      },
      {
        id: 'trust',
        title: 'How far you can trust this',
        body: trust(ledger, coverage, existsSync(stage.path(VERIFIER))),
      },
    ],
    footer: `Ledger ${ledger.origin}, size ${ledger.size}, root ${ledger.root}. All times are UTC.`,
  });
  writeFileSync(stage.path('index.html'), text);
  writeFileSync(stage.path(PICTURE), heatMapSvg(days, rows));
}

/** What the table above it was made from, to be asked again. */
function source({ query, result_digest, row_count }: QueryAnswer): Markup {
  return html`<details><summary>The question as SQL, and the digest of its answer</summary><pre tabindex="0"><code>${query.text}</code></pre><p>Parameters: ${JSON.stringify(query.parameters)}</p><p>Answer: ${row_count} rows, all columns of the SQL, ${result_digest}</p></details>`;
}

function trust(ledger: QueryAnswer['ledger'], coverage: QueryAnswer['coverage'], verifier: boolean): Markup {
  return html`<ul>
<li>Hashed: every record is a leaf of a Merkle log of ${ledger.size} records.</li>
<li>Signed: the log's key signed its size and root. The key lies on this machine.</li>
<li>Not witnessed, not time-stamped: whoever holds the key and every checkpoint could write another history.</li>
<li>All files read: ${coverage.found} of ${coverage.expected} files of the question were found and are what their manifests say. Whether every run that should have happened did is another question: Wednesday shows it.</li>
</ul>
${verifier ? checkWithNode() : ''}
<h3>Check it with Exhibit</h3>
<p>The last two also read the lake, which the answers above come from.</p>
${commands([
  'exhibit verify record record.json record.tlog-proof --vkey log.vkey',
  'exhibit verify ledger evidence --vkey log.vkey --known checkpoint',
  'exhibit lake verify evidence',
  `exhibit query verdicts-by-day --evidence evidence --control ${CONTROL} --from ${PERIOD.from} --to ${PERIOD.to}`,
])}`;
}

function checkWithNode(): Markup {
  return html`<h3>Check it with Node alone</h3>
<p>In this folder. The program is one file that you can read; it asks nothing of the machine that wrote the log.</p>
${commands([
  `node ${VERIFIER} record record.json record.tlog-proof --vkey log.vkey`,
  `node ${VERIFIER} ledger evidence --vkey log.vkey --known checkpoint`,
])}`;
}
