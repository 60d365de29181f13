import { listEngagements, requestsOf, sourceHere } from '../../../audit/index.ts';
import { actionForm, dataTable, html, type PortalPage, portalPage } from '../../../web/index.ts';
import type { App } from '../../app.ts';
import { ledgerOf } from '../../ingest/evidence.ts';
import { actsOf } from '../beside/books.ts';
import type { Portal } from '../portal.ts';
import type { Session } from '../sessions.ts';
import { firstWarnings } from '../visit.ts';

/** So many are read when the list is looked at; of more, each is read when it is opened. */
const MOST_READ = 16;

/** What people of the team come in to: engagements, and what waits for them. @param made a link that was made just now */
export async function teamPage(
  app: App,
  portal: Portal,
  session: Session,
  kind: 'lead' | 'engineer',
  made?: { engagement: string; url: string; expires: string },
): Promise<string> {
  const engagements = await listEngagements(sourceHere(ledgerOf(app.store)), app.clock());
  const rows = engagements.toReversed().map((each) => {
    const { state } = each;
    const many = engagements.length > MOST_READ;
    const book = state === 'open' && !many ? portal.books.open(each) : portal.books.peek(each.engagement);
    const requests = book === undefined ? [] : requestsOf(actsOf(book));
    const waiting = requests.filter(({ replies }) => replies.length === 0).length;
    const id = each.engagement;
    return [
      html`<a href="/portal/e/${id}/">${id}</a>`,
      each.state,
      each.framework,
      each.from,
      each.to,
      each.expires.slice(0, 10),
      book === undefined || book.models.size === 0
        ? book?.running === true
          ? 'being read'
          : 'not read yet'
        : html`<a href="/portal/e/${id}/requests">${waiting} of ${requests.length}</a>`,
      ...(kind === 'lead'
        ? [each.state === 'open' ? actionForm(`/portal/e/${id}/link`, session.csrf, 'Make a link') : '']
        : []),
    ];
  });
  const page: PortalPage = {
    title: kind === 'lead' ? 'Audits' : 'Audits, for engineers',
    warnings: firstWarnings({ app, portal }),
    lead: ['Engagements of this log. What an auditor reads in one is on record; so is what you read in it.'],
    pages: [
      { href: '/portal/lead', text: 'Compliance lead', current: kind === 'lead' },
      { href: '/portal/engineer', text: 'Engineer', current: kind === 'engineer' },
    ],
    sections: [
      ...(made === undefined
        ? []
        : [
            {
              id: 'link',
              title: 'A link was made',
              body: html`<p>It signs in once, until ${made.expires}, into ${made.engagement}. It is shown here and never again: send it to the auditor alone.</p><pre tabindex="0"><code>${made.url}</code></pre>`,
            },
          ]),
      {
        id: 'engagements',
        title: 'Engagements',
        body:
          rows.length === 0
            ? html`<p>None was opened yet: <code>exhibit engagement open</code> opens one.</p>`
            : dataTable(
                'Engagements, the newest first; requests that have no reply, of all',
                [
                  'Engagement',
                  'State',
                  'Framework',
                  'From',
                  'To',
                  'Expires',
                  'Open requests',
                  ...(kind === 'lead' ? ['For the auditor'] : []),
                ],
                rows,
              ),
      },
    ],
    signOut: { action: '/portal/sign-out', csrf: session.csrf },
  };
  return portalPage(page);
}
