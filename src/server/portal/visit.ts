import {
  type Engagement,
  REPORT_OF_LAW,
  type ReportName,
  readEngagement,
  requireOpen,
} from '../../audit/index.ts';
import {
  ExhibitError,
  formatInstant,
  generatedWarning,
  isExhibitError,
  readableInstant,
} from '../../record/index.ts';
import { briefLevel } from '../../verify/index.ts';
import { type PortalPage, portalPage } from '../../web/index.ts';
import type { App, Call } from '../app.ts';
import { ledgerOf } from '../ingest/evidence.ts';
import { recordRefusal } from './acts.ts';
import { type Book, newest } from './beside/books.ts';
import type { Model } from './beside/messages.ts';
import type { Portal } from './portal.ts';
import type { Session } from './sessions.ts';

/** A request to a page of an engagement by somebody who may see it. */
export interface Visit {
  call: Call;
  app: App;
  portal: Portal;
  session: Session;
  engagement: Engagement;
  book: Book;
  /** Of the size that was asked for, else the newest; undefined while the first is read. */
  model: Model | undefined;
  /** Said first on the page: it is of another state than was asked for. */
  changed: string | undefined;
}

/** What lies outside a session, or is not there: which of the two is not told. */
export function outside(): ExhibitError {
  return new ExhibitError('NOT_FOUND', 'there is no such page in what you may see');
}

/** Parameters that any page of an engagement may have; others are refused, so that none is taken for a filter that it is not. */
const PARAMETERS = new Set(['at', 'period', 'framework', 'index']);

/**
 * Holds a request to its session: engagement, framework, period, state of the log.
 * @throws ExhibitError NOT_FOUND for all that lies outside, ENGAGEMENT_OVER
 */
export async function visit(
  call: Call,
  app: App,
  portal: Portal,
  session: Session,
  id: string,
): Promise<Visit> {
  if (session.engagement !== undefined && session.engagement !== id) throw outside();
  const ledger = ledgerOf(app.store);
  const engagement = await readEngagement(ledger, id, app.clock()).catch((error: unknown) => {
    throw isExhibitError(error, 'NOT_FOUND') ? outside() : error;
  });
  if (session.engagement !== undefined) {
    try {
      requireOpen(engagement);
    } catch (error) {
      portal.sessions.end(session);
      await recordRefusal(app, session, 'a page, after the end of the engagement');
      throw error;
    }
  }
  const asked = queryOf(call);
  for (const name of asked.keys())
    if (!PARAMETERS.has(name) || asked.getAll(name).length > 1) throw outside();
  const { scope } = engagement;
  const period = asked.get('period');
  if (period !== null && period !== periodOf(engagement)) throw outside();
  const framework = asked.get('framework');
  if (framework !== null && framework !== scope.framework) throw outside();
  const book = portal.books.open(engagement);
  const at = asked.get('at');
  const latest = newest(book);
  // Where the log does not hold any more, what it said before is not shown as if it did.
  const broken = latest?.standing.verification.state === 'failed';
  const kept = at === null || broken ? undefined : book.models.get(sizeOf(at));
  const model = kept ?? latest;
  const changed =
    at === null || kept !== undefined || model === undefined
      ? undefined
      : await changedSince(sizeOf(at), model.checkpoint.size, app);
  return { call, app, portal, session, engagement, book, model, changed };
}

function sizeOf(at: string): number {
  if (!/^[0-9]{1,15}$/.test(at)) throw outside();
  return Number(at);
}

async function changedSince(asked: number, size: number, app: App): Promise<string> {
  const ledger = ledgerOf(app.store);
  if (asked > (await ledger.checkpoint()).size) throw outside();
  const root = await ledger.rootAt(asked);
  const said = `This address is of the log as it was at size ${asked} (root ${root}). That state is not kept; what follows is of size ${size}`;
  return `${said}. exhibit ledger verify --known shows that the one goes on from the other.`;
}

export function queryOf({ request }: Call): URLSearchParams {
  return new URLSearchParams((request.url ?? '').split('?').slice(1).join('?'));
}

function periodOf({ from, to }: Engagement): string {
  return `${from}..${to}`;
}

/** Path of a page, with the period and the state of the log that it is of. */
export function linkTo({ engagement, model }: Pick<Visit, 'engagement' | 'model'>, page: string): string {
  const at = model === undefined ? '' : `&at=${model.checkpoint.size}`;
  return `/portal/e/${engagement.engagement}/${page}?period=${periodOf(engagement)}${at}`;
}

const NAV = [
  ['', 'Audit period'],
  ['coverage', 'Coverage'],
  ['controls', 'Controls'],
  ['overrides', 'Overrides'],
  ['drift', 'Drift'],
  ['completeness', 'Completeness'],
  ['samples', 'Samples'],
  ['methodology', 'Methodology'],
  ['questions', 'Questions'],
  ['requests', 'Requests'],
  ['pack', 'Pack'],
] as const;

/** Pages of one law, where the engagement is about it. */
const LAWS: Readonly<Partial<Record<ReportName, string>>> = {
  nis2: 'NIS 2 articles',
  'eu-ai-act': 'AI Act articles',
  soa: 'Applicability',
};

/** What stands first on each page, also of those that are of no engagement: that the data are made up, that the log does not hold. */
export function firstWarnings({ app, portal }: Pick<Visit, 'app' | 'portal'>): string[] {
  const { verification } = portal.books;
  const generated = generatedWarning(ledgerOf(app.store).origin);
  return [
    ...(generated === undefined ? [] : [generated]),
    ...(verification.state === 'failed'
      ? [`THE VERIFICATION OF THIS LEDGER FAILED: ${verification.message}. Nothing here can be relied on.`]
      : []),
  ];
}

/** The page inside the frame that all pages of an engagement have. @param current name of the page in its address */
export function framed(
  found: Visit,
  current: string,
  page: Pick<PortalPage, 'title' | 'sections' | 'lead' | 'footer' | 'refresh'> & {
    warnings?: readonly string[];
  },
): string {
  const { engagement, model, session, portal, changed } = found;
  const { verification, verifying } = portal.books;
  const { framework, from, to, state } = engagement;
  const law = REPORT_OF_LAW[framework];
  const nav = [...NAV, ...(law === undefined ? [] : [[law, LAWS[law] ?? law] as const])];
  const team = session.engagement === undefined;
  const first = firstWarnings(found);
  return portalPage({
    ...page,
    warnings: [
      ...first,
      ...(changed === undefined ? [] : [changed]),
      ...(found.book.failed === undefined || model === undefined
        ? []
        : [
            `The log could not be read again (${found.book.failed.code}): these pages are of an earlier state of it.`,
          ]),
      ...(state === 'open' ? [] : [`This engagement is ${state}: its auditor cannot read it any more.`]),
      ...[...new Set([...(model?.standing.warnings ?? []), ...(page.warnings ?? [])])].filter(
        (line) => !first.includes(line),
      ),
    ],
    facts: [
      ['engagement', `${engagement.engagement}, until ${readableInstant(engagement.expires, 'minute')} UTC`],
      [
        'framework',
        `${model?.framework.title || framework} (${framework} ${model?.framework.version ?? ''})`.replace(
          ' )',
          ')',
        ),
      ],
      ['period', `${from} to ${to}, UTC days, both included`],
      ...(model === undefined
        ? []
        : [
            [
              'log',
              `size ${model.checkpoint.size}, root ${model.checkpoint.root.slice(0, 16)}..., read ${readableInstant(formatInstant(model.read_at))} UTC`,
            ] as const,
            ['level', briefLevel(model.checkpoint.level)] as const,
          ]),
      [
        'whole log',
        verifying === undefined
          ? `${verification.state.replace('_', ' ')}: ${verification.message}`
          : `being verified: ${verifying.done.toLocaleString('en-US')} of ${verifying.total.toLocaleString('en-US')} (${verifying.what})`,
      ],
    ],
    pages: [
      ...nav.map(([path, text]) => ({ href: linkTo(found, path), text, current: path === current })),
      ...(team
        ? [
            { href: linkTo(found, 'engineer'), text: 'Failing now', current: current === 'engineer' },
            { href: linkTo(found, 'lead'), text: 'For the lead', current: current === 'lead' },
            { href: '/portal/lead', text: 'All engagements' },
          ]
        : []),
    ],
    signOut: { action: '/portal/sign-out', csrf: session.csrf },
  });
}
