import type { Decision } from '../../../engine/index.ts';
import { redact, uuidv7 } from '../../../record/index.ts';
import type { App, Handler } from '../../app.ts';
import type { Identity } from '../../auth/identity.ts';
import { busy } from '../../http/queue.ts';
import { sendJson } from '../../http/reply.ts';
import { type Answered, ask, refusing } from '../ask.ts';
import { withBody } from '../body.ts';
import { type Asker, record } from '../record.ts';
import { isApprovable } from './approvable.ts';
import type { Approval } from './approvals.ts';
import { recordApproval } from './record.ts';
import { isExpired, refuse } from './refuse.ts';
import { type Action, actionOf, actionSchema, digestOfAction } from './shape.ts';

export function askerOf({ verified_by, name }: Identity, app: App): Asker {
  return { actor: app.actorOf(`${verified_by} ${name}`), verified_by };
}

interface Judged extends Answered {
  action: Action;
  digest: string;
  asker: Asker;
}

/**
 * Whether an agent may do something now: allow, deny or require-approval, by the policies of the first bundle. With the id of an approval
 * that a person gave for exactly this action it is allowed once. All is on disk before the caller has the answer.
 */
export const postAction: Handler = async ({ request, response, identity }, app) => {
  app.store.admit();
  await withBody(request, actionSchema, app, async (asked) => {
    const action = actionOf(asked);
    const digest = digestOfAction(action);
    const asker = askerOf(identity, app);
    const approval =
      asked.approval === undefined ? undefined : await usable(asked.approval, { action, digest, asker }, app);
    const answered = await ask(app.settings.actions.rule, { action }, app);
    if (action.ai_system !== undefined) answered.event.labels.ai_system = action.ai_system;
    const judged = { ...answered, action, digest, asker };
    sendJson(response, 200, { schemaVersion: 1, digest, ...(await answer(judged, approval, app)) });
  });
};

async function answer(judged: Judged, approval: Approval | undefined, app: App) {
  const reasons = refusing(judged.decisions);
  const id = judged.event.decision_id;
  if (!reasons.every((one) => isApprovable(one, judged.event.result))) {
    await put(judged, judged.decisions, app);
    return { decision: 'deny', id, reasons: reasons.map(said) };
  }
  if (approval !== undefined) {
    await use(approval, judged, app);
    return { decision: 'allow', id, approval: { id: approval.id } };
  }
  if (reasons.length > 0) return waiting(judged, reasons, app);
  await put(judged, judged.decisions, app);
  allow(judged, app);
  return { decision: 'allow', id };
}

/** Every violation, not the first one alone: one that a person may lift can stand beside one that nobody may. */
const said = ({ policy_id, message, statements, fix }: Decision) => {
  const all = statements?.map((one) => one.message).join('; ') ?? message;
  return {
    policy_id,
    ...(all === undefined ? {} : { message: all }),
    ...(fix === undefined ? {} : { fix }),
  };
};

function put({ event, asker }: Judged, decisions: readonly Decision[], app: App): Promise<void> {
  return record({ event, decisions, asker, format: 'agent-action', store: true }, app);
}

function allow({ event, asker, digest, action }: Judged, app: App): void {
  app.approvals.allow({
    id: event.decision_id,
    requester: asker.actor,
    digest,
    tool: action.tool,
    created: app.clock(),
  });
}

/** Each refusal with the approval that it hangs on, and what was done about it. */
function marked(judged: Judged, id: string, disposition: 'awaiting_approval' | 'none'): Decision[] {
  const reasons = new Set(refusing(judged.decisions));
  return judged.decisions.map((one) =>
    reasons.has(one) ? { ...one, disposition, details: { ...one.details, approval: id } } : one,
  );
}

async function waiting(judged: Judged, reasons: readonly Decision[], app: App) {
  const { actions } = app.settings;
  const created = app.clock();
  if (app.approvals.pending(created, 1).all >= actions.waiting)
    throw busy(`${actions.waiting} actions wait for an approval`);
  const { action, digest, asker } = judged;
  const id = uuidv7(created, app.random);
  const expires = created + actions.approval_seconds * 1_000;
  const { value, redactions } = redact(action);
  await put(judged, marked(judged, id, 'awaiting_approval'), app);
  // A digest of what was redacted would let whoever reads records try secrets against it: it stays with the approval alone.
  const shown = redactions.length === 0 ? { digest } : { digest: 'withheld: the arguments hold a secret' };
  const details = { ...shown, decision: judged.event.decision_id, expires: new Date(expires).toISOString() };
  const message = `asks to call ${action.tool}`;
  await recordApproval({ event: 'requested', id, asker, message, tool: action.tool, details }, app);
  app.approvals.add({
    id,
    digest,
    requester: asker.actor,
    subject: action.subject ?? '',
    shown: JSON.stringify({ action: value, redactions: redactions.map(({ path }) => path) }),
    created,
    expires,
  });
  return {
    decision: 'require-approval',
    id: judged.event.decision_id,
    approval: { id, expires: details.expires },
    reasons: reasons.map(said),
  };
}

/** The approval, if it is for this action and this caller, and not over. */
async function usable(
  id: string,
  { action: { tool }, digest, asker }: Pick<Judged, 'action' | 'digest' | 'asker'>,
  app: App,
): Promise<Approval> {
  const no = (why: string, status = 409) => refuse({ id, asker, tried: 'use', why, status, tool }, app);
  const approval = app.approvals.get(id);
  if (approval === undefined) return no('the approval is not known', 404);
  if (approval.requester !== asker.actor) return no('the approval is for another caller', 403);
  if (approval.digest !== digest) return no('the approval is for another action');
  if (approval.state === 'used') return no('the approval was used before');
  if (approval.state === 'denied') return no('the approval was denied');
  if (isExpired(approval, app.clock())) return no('the approval has expired', 410);
  if (approval.state !== 'approved') return no('nobody has approved it yet');
  return approval;
}

/** Used up first: after a crash here it is spent without effect, and never there twice. */
async function use(approval: Approval, judged: Judged, app: App): Promise<void> {
  const { id, approver } = approval;
  const { asker, action, event } = judged;
  const no = (why: string, status = 409) =>
    refuse({ id, asker, tried: 'use', why, status, tool: action.tool }, app);
  if (isExpired(approval, app.clock())) await no('the approval has expired', 410);
  if (!app.approvals.move(id, 'approved', 'used')) await no('the approval was used before');
  await put(judged, marked(judged, id, 'none'), app);
  const details = { decision: event.decision_id, ...(approver === null ? {} : { approver }) };
  const message = `calls ${action.tool} with the approval`;
  await recordApproval({ event: 'used', id, asker, message, tool: action.tool, details }, app);
  allow(judged, app);
}
