import { timingSafeEqual } from 'node:crypto';
import type { Engagement } from '../../../audit/index.ts';
import { listEngagements, sourceHere } from '../../../audit/index.ts';
import { ExhibitError, isExhibitError } from '../../../record/index.ts';
import { linkPage, signInPage } from '../../../web/index.ts';
import type { App, Call } from '../../app.ts';
import { ledgerOf } from '../../ingest/evidence.ts';
import { record } from '../acts.ts';
import { cookieName, cookieOf, setCookie } from '../cookies.ts';
import { isOwnForm, readForm, redirect, sendPage } from '../http.ts';
import { FORM_COOKIE, OIDC_COOKIE, type Portal, SESSION_COOKIE } from '../portal.ts';
import type { NewSession, Session } from '../sessions.ts';
import { queryOf } from '../visit.ts';
import { FLOW_MILLISECONDS } from './flows.ts';
import { exchangeLink } from './links.ts';
import type { Person } from './oidc.ts';

const CALLBACK = '/portal/oidc/callback';

export async function showSignIn(
  { request, response }: Call,
  portal: Portal,
  status: number,
  said?: string,
): Promise<void> {
  const issuers = portal.oidc.names.map((name, at) => ({ name, href: `/portal/oidc/${at}` }));
  await sendPage(request, response, status, signInPage(issuers, said));
}

/** Shows a button; nothing is looked up, so that the page says nothing of whether a link is good. */
export async function showLink({ request, response }: Call, app: App, portal: Portal, token: string) {
  const form = formToken(request, response, app, portal);
  await sendPage(request, response, 200, linkPage('/portal/link', { link: token, form }));
}

/** What a form before any session carries, and its browser has as a cookie. */
function formToken(
  request: Call['request'],
  response: Call['response'],
  app: App,
  { secure }: Portal,
): string {
  const known = cookieOf(request, cookieName(FORM_COOKIE, secure));
  const value = known ?? Buffer.from(app.random(32)).toString('base64url');
  // Lax, since a link in a mail leads to the form.
  setCookie(response, FORM_COOKIE, value, { secure, sameSite: 'Lax', maxAge: FLOW_MILLISECONDS / 1_000 });
  return value;
}

/** @throws ExhibitError AUTH_DENIED for a form of another site */
export async function useLink(call: Call, app: App, portal: Portal): Promise<void> {
  const { request } = call;
  const form = await readForm(request, app);
  const cookie = cookieOf(request, cookieName(FORM_COOKIE, portal.secure)) ?? '';
  if (!isOwnForm(request, portal.origin) || cookie === '' || !same(cookie, form.form ?? ''))
    throw new ExhibitError('AUTH_DENIED', 'this form was not sent from the page of the link');
  const opened = await exchangeLink(app, portal, form.link ?? '');
  if (opened === undefined) {
    await showSignIn(call, portal, 403, 'This link lets nobody in: it was used, is too old, or is none.');
    return;
  }
  letIn(call, portal, opened);
}

/** A session is always a new one: what a browser brought with it is not taken over. */
function letIn(
  { request, response }: Call,
  portal: Portal,
  { token, session }: { token: string; session: Session },
) {
  const before = portal.sessionOf(request);
  if (before !== undefined) portal.sessions.end(before);
  setCookie(response, SESSION_COOKIE, token, { secure: portal.secure, sameSite: 'Lax' });
  redirect(response, homeOf(session));
}

export function homeOf({ engagement, roles }: Session): string {
  if (engagement !== undefined) return `/portal/e/${engagement}/`;
  return roles.every((role) => role === 'engineer') ? '/portal/engineer' : '/portal/lead';
}

export async function beginOidc({ request, response }: Call, portal: Portal, at: string) {
  if (!/^[0-7]$/.test(at)) throw new ExhibitError('NOT_FOUND', 'there is no such issuer');
  const { secure } = portal;
  const before = cookieOf(request, cookieName(OIDC_COOKIE, secure));
  const { url, cookie } = await portal.oidc.begin(Number(at), before, `${portal.origin}${CALLBACK}`);
  // Lax, since an issuer sends the browser back with it.
  const maxAge = FLOW_MILLISECONDS / 1_000;
  setCookie(response, OIDC_COOKIE, cookie, { secure, sameSite: 'Lax', maxAge });
  redirect(response, url);
}

export async function endOidc(call: Call, app: App, portal: Portal): Promise<void> {
  const cookie = cookieOf(call.request, cookieName(OIDC_COOKIE, portal.secure));
  let person: Person;
  try {
    person = await portal.oidc.end(queryOf(call), cookie, `${portal.origin}${CALLBACK}`);
  } catch (error) {
    if (!isExhibitError(error, 'AUTH_INVALID')) throw error;
    app.log('warn', 'sign-in refused', { message: error.message });
    app.metrics.add('portal_refused_total', {});
    await showSignIn(call, portal, 403, `Nobody was signed in: ${error.message}.`);
    return;
  }
  const who = await sessionFor(person, app);
  if (who === undefined) {
    app.metrics.add('portal_refused_total', {});
    await showSignIn(call, portal, 403, 'Nobody was signed in: no open engagement names you, and no grant.');
    return;
  }
  const opened = portal.sessions.open(who);
  await record(app, opened.session, {
    type: 'access',
    kind: 'signed in',
    ...(who.engagement === undefined ? {} : { engagement: who.engagement }),
    message: 'somebody signed in by OpenID Connect',
  });
  const over = { secure: portal.secure, sameSite: 'Lax', maxAge: 0 } as const;
  setCookie(call.response, OIDC_COOKIE, '', over);
  letIn(call, portal, opened);
}

/** A grant makes somebody one of the team; else he is the auditor of the newest open engagement that names him. */
async function sessionFor(person: Person, app: App): Promise<NewSession | undefined> {
  const { issuer, subject, named, roles } = person;
  const verified_by = issuer.slice(0, 256);
  if (roles.length > 0)
    return { engagement: undefined, roles, actor: app.actorOf(`${issuer} ${subject}`), verified_by };
  if (named === undefined) return undefined;
  const reference = app.actorOf(named);
  const all = await listEngagements(sourceHere(ledgerOf(app.store)), app.clock());
  const own = all.findLast((each: Engagement) => each.state === 'open' && each.auditor === reference);
  if (own === undefined) return undefined;
  return {
    engagement: own.engagement,
    roles: [],
    actor: reference,
    verified_by,
    until: Date.parse(own.expires),
  };
}

export function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
