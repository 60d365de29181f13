import type { Decision } from '../../../engine/index.ts';
import { uuidv7 } from '../../../record/index.ts';
import type { DecisionEvent } from '../../../sources/index.ts';
import type { App, Handler } from '../../app.ts';
import { requestInvalid, sendJson } from '../../http/reply.ts';
import { refusing } from '../ask.ts';
import { withBody } from '../body.ts';
import { record } from '../record.ts';
import { cedarRequest, type IsAuthorized, isAuthorizedSchema } from './shape.ts';

/**
 * `IsAuthorized` of Verified Permissions, decided in this process by the Cedar policies of the first bundle. What cannot be judged is a
 * DENY with its reason in `errors`. The decision is on disk before the caller has it.
 */
export const postIsAuthorized: Handler = async ({ request, response, identity }, app) => {
  app.store.admit();
  await withBody(request, isAuthorizedSchema, app, async (asked) => {
    const event = eventOf(asked, app);
    const decisions = await app.cedar.decide(event, app.rules.current(), asked.policyStoreId);
    const { verified_by, name } = identity;
    const asker = { actor: app.actorOf(`${verified_by} ${name}`), verified_by };
    await record({ event, decisions, asker, format: 'cedar-is-authorized', store: true }, app);
    sendJson(response, 200, answerOf(decisions));
  });
};

function eventOf(asked: IsAuthorized, app: App): DecisionEvent {
  const time = app.clock();
  const bundle = app.rules.current();
  return {
    decision_id: uuidv7(time, app.random),
    labels: { version: app.version },
    path: 'cedar/is-authorized',
    revisions: bundle === undefined ? [] : [bundle.revision],
    input: requestOf(asked),
    result: undefined,
    error: undefined,
    erased: [],
    masked: [],
    time,
  };
}

function requestOf(asked: IsAuthorized): unknown {
  try {
    return cedarRequest(asked);
  } catch {
    throw requestInvalid('cedarJson is not JSON');
  }
}

/** Statements carry the id of their set, because each set has its own. */
function answerOf(decisions: readonly Decision[]) {
  return {
    decision: refusing(decisions).length === 0 ? 'ALLOW' : 'DENY',
    determiningPolicies: decisions.flatMap(({ policy_id, details }) =>
      ((details?.determining ?? []) as string[]).map((statement) => ({
        policyId: `${policy_id}/${statement}`,
      })),
    ),
    errors: decisions
      .filter(({ verdict }) => verdict === 'error' || verdict === 'not_evaluated')
      .map(({ policy_id, message }) => ({ errorDescription: `${policy_id}: ${message ?? 'not judged'}` })),
  };
}
