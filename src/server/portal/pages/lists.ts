import { requestsOf } from '../../../audit/index.ts';
import { formatInstant, readableInstant } from '../../../record/index.ts';
import { dataTable, html, packSections, requestsSections } from '../../../web/index.ts';
import { actsOf } from '../beside/books.ts';
import type { Model } from '../beside/messages.ts';
import { framed, linkTo, type Visit } from '../visit.ts';

export function requestsPage(found: Visit): string {
  const { engagement, session, book } = found;
  const base = `/portal/e/${engagement.engagement}/requests`;
  const open = engagement.state === 'open';
  const auditor = session.engagement !== undefined;
  return framed(found, 'requests', {
    title: 'Requests and replies',
    lead: ['What the auditor asked for, and what the team said. Both are records: nobody can take one back.'],
    sections: requestsSections({
      requests: requestsOf(actsOf(book)),
      csrf: session.csrf,
      ask: open && auditor ? base : undefined,
      reply: open && !auditor ? `${base}/reply` : undefined,
    }),
  });
}

const text = (value: unknown) =>
  typeof value === 'string' ? value : typeof value === 'number' ? value.toLocaleString('en-US') : '';

/** Draws of this engagement, as their records say. */
export function samplesPage(found: Visit & { model: Model }): string {
  const { engagement, book } = found;
  const { framework, from, to, engagement: id } = engagement;
  const draws = actsOf(book).filter(({ kind }) => kind === 'sample drawn');
  const rows = draws.map(({ log_index, recorded_at, details }) => [
    log_index < 0 ? '' : html`<a href="${linkTo(found, `record/${log_index}`)}">${log_index}</a>`,
    readableInstant(recorded_at),
    text(details.control ?? details.policy),
    `${text(details.size)} of ${text(details.population)}`,
    text(details.draw),
    html`<code class="long">${text(details.seed)}</code>`,
    html`<code class="long">${text(details.population_digest)}</code>`,
  ]);
  return framed(found, 'samples', {
    title: 'Populations and samples',
    lead: [
      "A sample is drawn from the whole population by a seed that nobody could choose: the state of the log at the end of the period, and the auditor's own nonce. Each draw is a record, also one that was thrown away.",
    ],
    sections: [
      {
        id: 'draws',
        title: 'Draws of this engagement',
        body:
          rows.length === 0
            ? html`<p>None was drawn yet.</p>`
            : dataTable(
                'Draws: the record, how many of how many, the number of the draw, and what draws it again',
                ['Record', 'Recorded (UTC)', 'Of', 'Drawn', 'Draw', 'Seed', 'Digest of the population'],
                rows,
              ),
      },
      {
        id: 'again',
        title: 'Draw one, or draw it again',
        body: html`<pre tabindex="0"><code>${`exhibit population --framework ${framework} --control CONTROL --from ${from} --to ${to} --evidence evidence
exhibit sample draw --framework ${framework} --control CONTROL --from ${from} --to ${to} --evidence evidence
exhibit engagement show ${id} --evidence evidence`}</code></pre>`,
      },
    ],
  });
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
