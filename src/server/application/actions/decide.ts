import { ExhibitError } from '../../../record/index.ts';
import type { App, Handler } from '../../app.ts';
import { type Identity, requireRole } from '../../auth/identity.ts';
import { waitOf } from '../../http/prefer.ts';
import { requestInvalid, sendJson } from '../../http/reply.ts';
import { withBody } from '../body.ts';
import { askerOf } from './act.ts';
import type { Approval } from './approvals.ts';
import { recordApproval } from './record.ts';
import { isExpired, refuse } from './refuse.ts';
import { answerSchema } from './shape.ts';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MOST_LISTED = 100;

/**
 * A person decides about one action. The person has the role approver itself, is neither who asked nor for whom the agent acts, and
 * names the digest of what was looked at. Of two who decide one does.
 */
export const postApproval: Handler = async ({ request, response, rest: id, identity }, app) => {
  if (!ID.test(id)) throw requestInvalid('the path ends in the id of an approval');
  const asker = askerOf(identity, app);
  await withBody(request, answerSchema, app, async ({ decision, digest, reason }) => {
    const approval = app.approvals.get(id);
    const tool = approval === undefined ? {} : { tool: toolOf(approval) };
    const no = (why: string, status = 409) =>
      refuse({ id, asker, tried: 'decide', why, status, ...tool }, app);
    // Not for administrators as such: who keeps the server need not be who answers for actions.
    if (!identity.roles.includes('approver')) return no('this needs the role approver', 403);
    if (approval === undefined) return no('the approval is not known', 404);
    if (approval.requester === asker.actor) return no('nobody approves what they asked for', 403);
    if (isNamed(identity, approval.subject)) return no('nobody approves what is done in their own name', 403);
    if (approval.state !== 'pending') return no(`it was decided before: ${approval.state}`);
    if (isExpired(approval, app.clock())) return no('the approval has expired', 410);
    if (approval.digest !== digest) return no('the digest is of another action');
    if (!app.approvals.move(id, 'pending', 'deciding')) return no('somebody else is deciding');
    const state = decision === 'approve' ? 'approved' : 'denied';
    try {
      const message = `${state}: ${reason}`;
      await recordApproval({ event: state, id, asker, message, ...tool, details: { reason } }, app);
    } catch (error) {
      app.approvals.move(id, 'deciding', 'pending');
      throw error;
    }
    app.approvals.move(id, 'deciding', state, asker.actor);
    sendJson(response, 200, { schemaVersion: 1, id, status: state });
  });
};

/** The name of a caller by OIDC is its issuer and its `sub`. */
function isNamed({ name }: Identity, subject: string): boolean {
  return subject !== '' && (name === subject || name.endsWith(` ${subject}`));
}

/** One approval, for who asked and for approvers. `Prefer: wait=N` answers when somebody has decided, or after N seconds. */
export const getApproval: Handler = async ({ request, response, rest: id, identity }, app) => {
  const find = () => app.approvals.get(id);
  const approval = find();
  if (approval?.requester !== askerOf(identity, app).actor) requireRole(identity, ['approver']);
  if (approval === undefined) throw new ExhibitError('NOT_FOUND', 'there is no such approval');
  const wait = Math.min(waitOf(request), app.settings.limits.wait_seconds);
  if (wait > 0 && statusOf(approval, app.clock()) === 'pending' && !app.stopping())
    await change(id, Math.min(wait * 1_000, approval.expires - app.clock()), response, app);
  if (!response.destroyed) sendJson(response, 200, { schemaVersion: 1, ...seen(find() ?? approval, app) });
};

function change(
  id: string,
  milliseconds: number,
  response: Parameters<Handler>[0]['response'],
  app: App,
): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      if (!response.destroyed && !app.stopping() && app.approvals.get(id)?.state === 'deciding') return;
      clearTimeout(timer);
      stop();
      response.off('close', end);
      resolve();
    };
    const stop = app.approvals.wait(id, end);
    response.once('close', end);
    const timer = setTimeout(() => {
      stop();
      response.off('close', end);
      resolve();
    }, milliseconds);
  });
}

/** What waits for a person, oldest first. */
export const getApprovals: Handler = ({ response }, app) => {
  const { all, approvals } = app.approvals.pending(app.clock(), MOST_LISTED);
  sendJson(response, 200, {
    schemaVersion: 1,
    approvals: approvals.map((one) => seen(one, app)),
    not_listed: all - approvals.length,
  });
};

function statusOf(approval: Approval, now: number): string {
  const { state } = approval;
  if (state === 'used' || state === 'denied') return state;
  if (isExpired(approval, now)) return 'expired';
  return state === 'deciding' ? 'pending' : state;
}

function seen(approval: Approval, app: App) {
  const { id, digest, requester, shown, created, expires, approver } = approval;
  return {
    id,
    status: statusOf(approval, app.clock()),
    digest,
    ...(JSON.parse(shown) as { action: unknown; redactions: string[] }),
    requester,
    created: new Date(created).toISOString(),
    expires: new Date(expires).toISOString(),
    ...(approver === null ? {} : { approver }),
  };
}

function toolOf({ shown }: Approval): string {
  return (JSON.parse(shown) as { action: { tool: string } }).action.tool;
}
