import { ExhibitError, isExhibitError } from '../../record/index.ts';
import { messagePage, workSection } from '../../web/index.ts';
import type { App, Call, Handler, Route } from '../app.ts';
import { busy } from '../http/queue.ts';
import { statusOf } from '../http/reply.ts';
import { recordRead, recordRefusal } from './acts.ts';
import type { Question } from './ask/answers.ts';
import { newest } from './beside/books.ts';
import { LATE, type Model } from './beside/messages.ts';
import { setCookie } from './cookies.ts';
import { HEADERS, isOwnForm, readForm, redirect, sendPage } from './http.ts';
import { answerPage, isUnderWay } from './pages/answer.ts';
import { controlsPage, documentPageOf } from './pages/documents.ts';
import { landingPage } from './pages/landing.ts';
import { packPage, requestsPage, samplesPage } from './pages/lists.ts';
import { questionPage, questionsPage } from './pages/questions.ts';
import { recordPage } from './pages/record.ts';
import { teamPage } from './pages/team.ts';
import { type Portal, SESSION_COOKIE } from './portal.ts';
import { download, downloadAnswer, post } from './posts.ts';
import type { Session } from './sessions.ts';
import { LINK_ROUTE } from './signin/links.ts';
import { beginOidc, endOidc, homeOf, same, showLink, showSignIn, useLink } from './signin/pages.ts';
import { portalOf } from './use.ts';
import { framed, outside, queryOf, type Visit, visit } from './visit.ts';

const handle: Handler = async (call, app) => {
  const portal = portalOf(app);
  const { request, response, rest } = call;
  // Under another name, a page could be anybody's that had its name point here.
  if (!portal.isAskedFor(request)) {
    response.writeHead(421, { ...HEADERS, 'content-type': 'text/plain', 'content-length': 0 });
    response.end();
    return;
  }
  const session = portal.sessionOf(request);
  try {
    await answer(call, app, portal, session, rest);
  } catch (error) {
    await fail(call, app, session, error);
  }
};

async function answer(call: Call, app: App, portal: Portal, session: Session | undefined, path: string) {
  const { request, response } = call;
  const posted = request.method === 'POST';
  const [first = '', second = ''] = path.split('/');
  if (posted && path === 'link') return useLink(call, app, portal);
  if (!posted && first === 'link' && path.split('/').length === 2) return showLink(call, app, portal, second);
  if (!posted && path === 'oidc/callback') return endOidc(call, app, portal);
  if (!posted && first === 'oidc') return beginOidc(call, portal, second);
  if (session === undefined) return showSignIn(call, portal, path === '' && !posted ? 200 : 401);
  if (!portal.sessions.mayGoOn(session)) throw busy('more pages in a minute than anybody reads');
  const form = posted ? await ownForm(call, app, portal, session) : undefined;
  if (path === 'sign-out' && posted) {
    portal.answers.forget(session);
    portal.sessions.end(session);
    setCookie(response, SESSION_COOKIE, '', { secure: portal.secure, sameSite: 'Lax', maxAge: 0 });
    return redirect(response, '/portal/');
  }
  if (path === '') return redirect(response, homeOf(session));
  if (first === 'e') {
    const found = await visit(call, app, portal, session, second);
    const page = path.split('/').slice(2).join('/');
    return form === undefined ? show(found, page) : post(found, page, form);
  }
  if (!posted && (path === 'lead' || path === 'engineer')) {
    const may =
      path === 'lead' ? session.roles.some((role) => role !== 'engineer') : session.roles.length > 0;
    if (!may) throw outside();
    return sendPage(request, response, 200, await teamPage(app, portal, session, path));
  }
  throw outside();
}

/** @throws ExhibitError AUTH_DENIED for a form that no page of this session sent */
async function ownForm(call: Call, app: App, portal: Portal, session: Session) {
  const form = await readForm(call.request, app);
  if (isOwnForm(call.request, portal.origin) && same(form.csrf ?? '', session.csrf)) return form;
  throw new ExhibitError('AUTH_DENIED', 'this form was not sent from a page of this session');
}

/** Shows a page of an engagement, after the read is on record. */
async function show(found: Visit, path: string): Promise<void> {
  const { call, app, session, engagement, model } = found;
  const { request, response } = call;
  const id = engagement.engagement;
  if (path === 'pack/download') return download(found);
  if (path === 'pack/record' || path === 'pack/proof') return download(found, path);
  const question = questionOf(found, path);
  if (question !== undefined && path.endsWith('/csv')) return downloadAnswer(found, question);
  if (model === undefined) return notReady(found);
  // A form names the record as a parameter: which one was read stands in the log all the same.
  const name = path === 'record' ? `record/${queryOf(call).get('index') ?? ''}` : path;
  const page = await pageOf({ ...found, model }, name);
  // How far something is, is no evidence; such a page comes every two seconds.
  if (!isProgress(found, name))
    await recordRead(app, session, id, name === '' ? 'the first page' : `page ${name}`, {
      page: name.slice(0, 128),
      size: model.checkpoint.size,
      ...answerRead(question),
    });
  await sendPage(request, response, 200, page);
}

async function pageOf(found: Visit & { model: Model }, path: string): Promise<string> {
  switch (path) {
    case '':
      return landingPage(found);
    case 'controls':
      return controlsPage(found);
    case 'samples':
      return samplesPage(found);
    case 'questions':
      return questionsPage(found);
    case 'requests':
      return requestsPage(found);
    case 'pack':
      return packPage(found);
    default: {
      const [first, second = '', third = '', ...more] = path.split('/');
      const question = questionOf(found, path);
      if (question !== undefined && third === '') return answerPage(found, question);
      if (first === 'question' && more.length === 0) return questionPage(found, second, third);
      if (path.startsWith('record/')) return recordPage(found, path.slice('record/'.length));
      const page = documentPageOf(found, path);
      if (page === undefined) throw outside();
      return page;
    }
  }
}

/** A question of this session; undefined for the path of another page, and for what is not there. */
function questionOf({ portal, session, engagement }: Visit, path: string): Question | undefined {
  const [first, id = ''] = path.split('/');
  return first === 'answer' ? portal.answers.of(id, session, engagement.engagement) : undefined;
}

/** Which answer was shown, for the record of it. */
function answerRead(question: Question | undefined): Record<string, string | number> {
  if (question?.state.state !== 'answered') return {};
  const { result_digest, row_count, ledger } = question.state.facts.answer;
  return { result_digest, rows: row_count, answered_at: ledger.size };
}

/** A page that says how far something is, and looks again by itself. */
function isProgress(found: Visit, name: string): boolean {
  const { portal, engagement, book, model } = found;
  if (isUnderWay(questionOf(found, name))) return true;
  if (name === 'pack') return portal.packs.of(engagement.engagement)?.state === 'making';
  return LATE.some((late) => late === name) && !book.late.has(model?.checkpoint.size ?? -1);
}

/** What is shown is not there yet: what is being done, and how far it is. */
async function notReady(found: Visit): Promise<void> {
  const { call, book } = found;
  const { progress, failed } = book;
  const page =
    progress === undefined
      ? framed(found, '', {
          title: 'The evidence could not be read',
          lead: [
            `Nothing can be shown (${failed?.code ?? 'no reason is known'}). The log of the server says why.`,
          ],
          sections: [],
        })
      : framed(found, '', {
          title: 'The evidence is being read',
          refresh: 2,
          lead: ['Every page of this engagement is made now, from one state of the log.'],
          sections: [workSection('How far it is', progress)],
        });
  await sendPage(call.request, call.response, progress === undefined ? 503 : 202, page);
}

async function fail(call: Call, app: App, session: Session | undefined, error: unknown) {
  const { request, response } = call;
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const over = isExhibitError(error, 'ENGAGEMENT_OVER');
  const status = statusOf(error);
  if (status === 404 || (status === 403 && !over)) {
    if (session !== undefined) await recordRefusal(app, session, `${request.method} ${request.url ?? ''}`);
  } else if (status >= 500) {
    const code = isExhibitError(error) ? error.code : 'INTERNAL';
    app.log('error', 'portal page failed', {
      code,
      message: error instanceof Error ? error.message : String(error),
    });
  }
  const known = isExhibitError(error) && status !== 500 ? error : undefined;
  const page =
    status === 404
      ? messagePage(
          'Not here',
          [
            'There is no such page in what you may see. That you asked for it is on record.',
            ...seen(app, session),
          ],
          HOME,
        )
      : messagePage(
          over ? 'This engagement is over' : status >= 500 ? 'Not now' : 'Not taken',
          [known?.message ?? 'A defect of the server; its log says more.'],
          HOME,
        );
  await sendPage(request, response, status, page);
  // A body that nobody reads must not hold the connection.
  if (!request.complete) request.resume();
}

/**
 * What a session may see, and how addresses name it. It depends on the session alone and not on what was asked for: it is the same for what lies
 * outside and for what is not there.
 */
function seen({ portal }: App, session: Session | undefined): string[] {
  if (portal === undefined || session?.engagement === undefined) return [];
  const book = portal.books.peek(session.engagement);
  const model = book === undefined ? undefined : newest(book);
  if (model === undefined) return [];
  const { framework, from, to } = model.scope;
  return [
    `What you may see is ${framework}, ${from} to ${to}. An address names the whole period, period=${from}..${to}, or none; days within it are chosen on the pages of Questions.`,
    `Records have numbers from 0 to ${model.checkpoint.size - 1}, as far as these pages have read the log. Of these you may see what speaks of ${framework} and was recorded in the period, what every audit rests on, and what was done in this one.`,
  ];
}

const HOME = { href: '/portal/', text: 'Back to the first page' };

const open = { roles: [], anyone: () => true, handle } as const;

export const PORTAL_ROUTES: readonly Route[] = [
  LINK_ROUTE,
  { name: 'portal', method: 'GET', path: '/portal', ...open },
  { name: 'portal', method: 'GET', path: '/portal/', ...open },
  { name: 'portal', method: 'POST', path: '/portal/', ...open },
];
