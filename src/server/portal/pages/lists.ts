import {
  type Act,
  drawMarks,
  pastDraw,
  requestsOf,
  SAMPLE_DRAWN,
  targetName,
  targetOf,
} from '../../../audit/index.ts';
import { formatInstant, readableInstant } from '../../../record/index.ts';
import { type Cell, dataTable, html, packSections, requestsSections } from '../../../web/index.ts';
import { actsOf } from '../beside/books.ts';
import type { Model } from '../beside/messages.ts';
import { framed, linkTo, type Visit } from '../visit.ts';

export function requestsPage(found: Visit & { model: Model }): string {
  const { engagement, session, book, model } = found;
  const base = `/portal/e/${engagement.engagement}/requests`;
  const open = engagement.state === 'open';
  const auditor = session.engagement !== undefined;
  return framed(found, 'requests', {
    title: 'Requests and replies',
    lead: ['What the auditor asked for, and what the team said. Both are records: nobody can take one back.'],
    sections: requestsSections({
      requests: requestsOf(actsOf(book)),
      csrf: session.csrf,
      controls: model.controls.map(({ id }) => id),
      ask: open && auditor ? base : undefined,
      reply: open && !auditor ? `${base}/reply` : undefined,
    }),
  });
}

/** Draws of this engagement, as their records say. */
export function samplesPage(found: Visit & { model: Model }): string {
  const { book } = found;
  const rows = actsOf(book)
    .filter(({ kind }) => kind === SAMPLE_DRAWN)
    .map((act) => drawRow(found, act));
  return framed(found, 'samples', {
    title: 'Populations and samples',
    lead: [
      'A seed decides which items are drawn. It is made of two things: the state of the log at the end of the period, and a nonce. Each draw is a record, also one that was thrown away.',
      'Nobody can choose the sample where you said the nonce yourself, after the period was over, and had seen no sample before. Whoever has the log can try nonces on a machine of their own, and no record shows that: a nonce that the team said, or that their machine made, does not show that the sample was left to chance.',
    ],
    sections: [
      {
        id: 'draws',
        title: 'Draws of this engagement',
        body:
          rows.length === 0
            ? html`<p>None was drawn yet.</p>`
            : html`${dataTable(
                'Draws: the record, how many of how many, whose nonce, and what draws it again',
                [
                  'Record',
                  'Recorded (UTC)',
                  'Of',
                  'Drawn',
                  'Draw',
                  'Marks',
                  'Nonce',
                  'Seed',
                  'Digest of the population',
                ],
                rows,
              )}<p>given: whoever drew gave the nonce; whether that was you, you know. this machine: it was made where the sample was drawn. Marks say what was not known when it was drawn; a draw without one is of a whole population that was reconciled.</p>`,
      },
      { id: 'again', title: 'Draw one, or draw it again', body: commands(found) },
    ],
  });
}

function drawRow(found: Visit, act: Act): readonly Cell[] {
  const { log_index, recorded_at } = act;
  const record =
    log_index < 0 ? '' : html`<a href="${linkTo(found, `record/${log_index}`)}">${log_index}</a>`;
  const draw = pastDraw(act);
  const at = readableInstant(recorded_at);
  // It says so in its own words: nothing is left out of the list.
  if (draw === undefined) return [record, at, act.message, '', '', 'NOT UNDERSTOOD', '', '', ''];
  const count = (value: number) => value.toLocaleString('en-US');
  return [
    ...[record, at],
    targetName(draw, targetOf(draw)),
    `${count(draw.size)} of ${count(draw.population)}`,
    draw.draw,
    drawMarks(draw).join(', '),
    html`<code class="long">${draw.nonce}</code> (${draw.nonce_by})`,
    html`<code class="long">${draw.seed}</code>`,
    html`<code class="long">${draw.population_digest}</code>`,
  ];
}

/** Within the engagement: run outside it they are on no record of the audit. */
function commands({ engagement, model }: Visit & { model: Model }) {
  const { framework, engagement: id } = engagement;
  const control = model.controls.find(({ decisions }) => decisions > 0)?.id ?? 'CONTROL';
  const by = `--engagement ${id} --as NAME --evidence evidence`;
  const lines = [
    `exhibit population --control ${framework}/${control} ${by}`,
    `exhibit sample draw --control ${framework}/${control} --nonce NONCE ${by}`,
    `exhibit sample list ${by}`,
    `exhibit sample again RECORD ${by}`,
  ];
  return html`<p>NAME is who you are in this engagement. NONCE is yours: what dice or <code>openssl rand -hex 16</code> give you, at least 16 characters, and said after the period is over. RECORD is the id of a draw, as <code>sample list</code> shows it. Framework and period come from the engagement, and each read is on its record.</p><pre tabindex="0"><code>${lines.join('\n')}</code></pre>`;
}

export function packPage(found: Visit): string {
  const { engagement, portal, session } = found;
  const id = engagement.engagement;
  const made = portal.packs.of(id);
  const may = portal.packs.offered && engagement.state === 'open';
  return framed(found, 'pack', {
    title: 'The pack',
    ...(made?.state === 'making' ? { refresh: 2 } : {}),
    sections: packSections({
      csrf: session.csrf,
      make: may ? `/portal/e/${id}/pack` : undefined,
      state:
        made === undefined
          ? { state: 'none' }
          : made.state === 'making'
            ? { state: 'making', ...made.progress }
            : made.state === 'failed'
              ? { state: 'failed', code: made.code }
              : {
                  ...{ state: 'made', bytes: made.bytes, digest: made.digest },
                  at: `${readableInstant(formatInstant(made.at))} UTC`,
                  download: `/portal/e/${id}/pack/download`,
                  record: `/portal/e/${id}/pack/record`,
                  proof: `/portal/e/${id}/pack/proof`,
                },
    }),
  });
}
