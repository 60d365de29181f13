import { writeFileSync } from 'node:fs';
import { daysOf, type QueryAnswer } from '../../lake/index.ts';
import {
  commands,
  type DayCell,
  type DayState,
  dataTable,
  heatMap,
  html,
  type Markup,
  renderPage,
} from '../../web/index.ts';
import { type Answers, CONTROL, PERIOD } from './audit.ts';
import type { Stage } from './stage.ts';

/** A page that is worth opening: the week by control and day, the answers, and how to check them. */
export async function writePage(stage: Stage, answers: Answers): Promise<void> {
  const { ledger, coverage } = answers.verdicts;
  const text = renderPage({
    title: 'One week of evidence for SOC 2',
    lead: [
      `From ${PERIOD.from} to ${PERIOD.to} (UTC), a CI gate judged a shop's Terraform plan and Kubernetes manifests with a signed policy bundle. On Wednesday nothing ran, so nothing is known about that day.`,
      'This is demonstration data. Only the gate was at work: admission and runtime are not covered.',
    ],
    sections: [
      { id: 'picture', title: 'Evidence by control and day', body: picture(answers.days) },
      {
        id: 'answer',
        title: `Verdicts for ${CONTROL}`,
        body: answerTable(answers.verdicts, 'Verdicts by day'),
      },
      {
        id: 'recovery',
        title: 'Failures and the time until they passed',
        body: answerTable(answers.recovery, 'A failure without a time has not passed yet'),
      },
      {
        id: 'overrides',
        title: 'Overrides in force',
        body: answerTable(answers.overrides, 'Tickets that waived a policy'),
      },
      { id: 'trust', title: 'How far you can trust this', body: trust(ledger, coverage) },
    ],
    footer: `Ledger ${ledger.origin}, size ${ledger.size}, root ${ledger.root}. All times are UTC.`,
  });
  writeFileSync(stage.path('index.html'), text);
}

function picture(answer: QueryAnswer): Markup {
  const days = daysOf(PERIOD);
  const cells = new Map<string, Map<string, number>>();
  for (const [control, day, verdict, disposition, decisions] of answer.rows) {
    const key = `${String(control)} ${String(day)}`;
    const counts = cells.get(key) ?? new Map<string, number>();
    const kind = disposition === 'waived' ? 'waived' : String(verdict);
    counts.set(kind, (counts.get(kind) ?? 0) + Number(decisions));
    cells.set(key, counts);
  }
  const controls = [...new Set(answer.rows.map((row) => String(row[0])))].sort();
  return heatMap(
    days,
    controls.map((control) => ({
      name: `soc2/${control}`,
      title: '',
      cells: days.map((day) => cellOf(cells.get(`${control} ${day}`))),
    })),
  );
}

/** The worst of a day decides its look; the counts say the rest. */
function cellOf(counts: ReadonlyMap<string, number> | undefined): DayCell {
  if (counts === undefined) return { state: 'none', text: '' };
  const text = [...counts].map(([kind, n]) => `${n} ${kind.replace('_', ' ')}`).join(', ');
  const has = (kind: string) => (counts.get(kind) ?? 0) > 0;
  const state: DayState = has('fail')
    ? 'fail'
    : has('error') || has('not_evaluated')
      ? 'open'
      : has('waived')
        ? 'waived'
        : has('pass')
          ? 'pass'
          : 'not_applicable';
  return { state, text };
}

function answerTable(answer: QueryAnswer, caption: string): Markup {
  const { query, columns, rows, result_digest } = answer;
  const cells = rows.map((row) =>
    row.map((value) =>
      typeof value === 'number'
        ? value
        : value === null
          ? ''
          : typeof value === 'object'
            ? JSON.stringify(value)
            : String(value),
    ),
  );
  return html`${dataTable(
    caption,
    columns.map((column) => column.name),
    cells,
  )}
<details><summary>The question as SQL, and the digest of the answer</summary><pre tabindex="0"><code>${query.text}</code></pre><p>Parameters: ${JSON.stringify(query.parameters)}</p><p>Result: ${result_digest}</p></details>`;
}

function trust(ledger: QueryAnswer['ledger'], coverage: QueryAnswer['coverage']): Markup {
  return html`<ul>
<li>Hashed: every record is a leaf of a Merkle log of ${ledger.size} records.</li>
<li>Signed: the log's key signed its size and root. The key lies on this machine.</li>
<li>Not witnessed, not time-stamped: whoever holds the key and every checkpoint could write another history.</li>
<li>Complete: ${coverage.found} of ${coverage.expected} files of the question were found and are what their manifests say. Whether every run that should have happened did is another question: Wednesday shows it.</li>
</ul>
<p>Check it yourself, in this folder:</p>
${commands([
  'exhibit verify record record.json record.tlog-proof --vkey log.vkey',
  'exhibit verify ledger evidence --vkey log.vkey --known checkpoint',
  'exhibit lake verify evidence',
  `exhibit query verdicts-by-day --evidence evidence --control ${CONTROL} --from ${PERIOD.from} --to ${PERIOD.to}`,
])}`;
}
