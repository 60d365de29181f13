import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  linkDraft,
  linkUsedDraft,
  readEngagement,
  readLink,
  recordActs,
  requireOpen,
} from '../../../audit/index.ts';
import { type ExhibitError, formatInstant, isExhibitError } from '../../../record/index.ts';
import type { App, Handler, Route } from '../../app.ts';
import { requireRole } from '../../auth/identity.ts';
import { jsonOf, readBody } from '../../http/body.ts';
import { requestInvalid, sendJson } from '../../http/reply.ts';
import { ledgerOf } from '../../ingest/evidence.ts';
import { recordRefusal } from '../acts.ts';
import type { Portal } from '../portal.ts';
import type { Session } from '../sessions.ts';
import { PORTAL_ROLES, type PortalRole } from '../settings.ts';
import { portalOf } from '../use.ts';

const TOKEN_BYTES = 32;
const HOUR = 3_600_000;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** What a link is for: the auditor of an engagement, or a person of the team. */
export type LinkFor = { engagement: string } | { roles: PortalRole[] };

/**
 * Makes a link that signs in once. The log gets the SHA-256 of its token; the token itself is nowhere but in the answer.
 * @param actor who makes it, salted reference
 * @throws ExhibitError NOT_FOUND, ENGAGEMENT_OVER
 */
export async function makeLink(
  app: App,
  portal: Portal,
  to: LinkFor,
  actor: string,
): Promise<{ url: string; expires: string }> {
  const ledger = ledgerOf(app.store);
  let expires = app.clock() + portal.setting.link_hours * HOUR;
  if ('engagement' in to) {
    const engagement = await readEngagement(ledger, to.engagement, app.clock());
    requireOpen(engagement);
    expires = Math.min(expires, Date.parse(engagement.expires));
  }
  const token = Buffer.from(app.random(TOKEN_BYTES)).toString('base64url');
  const { clock, random, version } = app;
  await recordActs(ledger, [
    linkDraft({ link: hashOf(token), ...to, expires }, { clock, random, version, actor }),
  ]);
  return { url: `${portal.origin}/portal/link/${token}`, expires: formatInstant(expires) };
}

/**
 * Exchanges a link for a session. A link is used up by its first exchange, also where the server is killed in the middle of it.
 * @param token attacker-controlled
 * @returns undefined where it lets nobody in: unknown, used, too old, or its engagement is over
 */
export async function exchangeLink(
  app: App,
  portal: Portal,
  token: string,
): Promise<{ token: string; session: Session } | undefined> {
  const ledger = ledgerOf(app.store);
  if (!TOKEN.test(token)) return refused(app, 'unknown');
  // Whoever would time the search for a hash learns of hashes, from which no token follows.
  const link = hashOf(token);
  const found = await readLink(ledger, link).catch(ignoreUnknown);
  if (found === undefined) return refused(app, 'unknown');
  const nobody = { id: 'none', actor: app.actorOf(`link ${link}`), verified_by: 'none', roles: [] };
  const turnAway = async (why: string) => {
    const { engagement } = found;
    await recordRefusal(app, { ...nobody, engagement, refusals: refusalsOf(link) }, why);
    return refused(app, why);
  };
  if (found.used || portal.exchanging.has(link)) return turnAway('a link that was used before');
  if (app.clock() >= Date.parse(found.expires)) return turnAway('a link that is too old');
  portal.exchanging.add(link);
  try {
    const who = await whoOf(app, found.engagement, found.roles ?? [], link);
    if (who === undefined) return await turnAway('a link into an engagement that is over');
    const { clock, random, version } = app;
    const used = linkUsedDraft(found, { clock, random, version, actor: who.actor });
    await recordActs(ledger, [used]);
    return portal.sessions.open(who);
  } catch (error) {
    // It may have been used up or not; nobody is let in by it twice.
    if (!isExhibitError(error)) portal.exchanging.delete(link);
    throw error;
  }
}

async function whoOf(app: App, engagement: string | undefined, roles: readonly string[], link: string) {
  if (engagement === undefined) {
    const known = PORTAL_ROLES.filter((role) => roles.includes(role));
    return {
      ...{ engagement: undefined, roles: known, verified_by: 'link' },
      actor: app.actorOf(`link ${link}`),
    };
  }
  const { state, auditor, expires } = await readEngagement(ledgerOf(app.store), engagement, app.clock());
  if (state !== 'open') return undefined;
  return { engagement, roles: [], actor: auditor, verified_by: 'link', until: Date.parse(expires) };
}

function refused(app: App, why: string): undefined {
  app.metrics.add('portal_refused_total', {});
  app.log('warn', 'link refused', { why });
  return undefined;
}

const counted = new Map<string, number>();
const MOST_COUNTED = 10_000;

/** How often one link was refused: somebody who holds one must not fill the log with it. */
function refusalsOf(link: string): number {
  const before = counted.get(link) ?? 0;
  if (counted.size >= MOST_COUNTED) counted.clear();
  counted.set(link, before + 1);
  return before;
}

function ignoreUnknown(error: ExhibitError): undefined {
  if (isExhibitError(error, 'NOT_FOUND')) return undefined;
  throw error;
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

const linkSchema = z.union([
  z.strictObject({ engagement: z.string().max(64) }),
  z.strictObject({ roles: z.array(z.enum(PORTAL_ROLES)).min(1) }),
]);

const postLink: Handler = async ({ request, response, identity }, app) => {
  const portal = portalOf(app);
  const body = await readBody(request, 4_096, app.queue);
  try {
    const { data, error } = linkSchema.safeParse(jsonOf(body.bytes));
    if (error !== undefined) throw requestInvalid('expected {"engagement": ID} or {"roles": [ROLE]}');
    // Nobody gives another one a role that would be more than the own.
    if ('roles' in data) requireRole(identity, ['administrator']);
    sendJson(response, 201, {
      schemaVersion: 1,
      ...(await makeLink(app, portal, data, app.actorOf(identity.name))),
    });
  } finally {
    body.done();
  }
};

export const LINK_ROUTE: Route = {
  name: 'portal_link',
  method: 'POST',
  path: '/v1/portal/links',
  roles: ['approver'],
  handle: postLink,
};
