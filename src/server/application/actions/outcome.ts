import { ExhibitError } from '../../../record/index.ts';
import type { Handler } from '../../app.ts';
import { requestInvalid, sendJson } from '../../http/reply.ts';
import { withBody } from '../body.ts';
import { askerOf } from './act.ts';
import { recordApproval } from './record.ts';
import { outcomeSchema } from './shape.ts';

const PATH = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/outcome$/;

/** What came of an action that was allowed, said once, by who asked for it. */
export const postOutcome: Handler = async ({ request, response, rest, identity }, app) => {
  const id = PATH.exec(rest)?.[1];
  if (id === undefined) throw requestInvalid('the path is /v1/actions/<id>/outcome');
  const asker = askerOf(identity, app);
  await withBody(request, outcomeSchema, app, async ({ outcome, message }) => {
    const allowed = app.approvals.allowed(id);
    if (allowed === undefined || allowed.requester !== asker.actor)
      throw new ExhibitError('NOT_FOUND', 'no action of this caller was allowed under this id');
    if (allowed.outcome !== null) throw requestConflict(`the outcome was said before: ${allowed.outcome}`);
    const { tool } = allowed;
    const text = `${outcome}: ${message ?? tool}`;
    // Said twice after a crash in between is better than not at all.
    await recordApproval({ event: 'outcome', id, asker, message: text, tool, details: { outcome } }, app);
    app.approvals.settle(id, outcome);
    sendJson(response, 200, { schemaVersion: 1, id, outcome });
  });
};

function requestConflict(message: string): ExhibitError {
  return new ExhibitError('REQUEST_INVALID', message, { details: { status: 409 } });
}
