import { isExhibitError, type RecordDraft } from '../../record/index.ts';
import { parseExact, readEvent } from '../../sources/index.ts';
import type { App, Handler } from '../app.ts';
import { emitterOf, type Identity } from '../auth/identity.ts';
import { readBody } from '../http/body.ts';
import { requestInvalid, sendJson } from '../http/reply.ts';
import { withoutDepths } from './depth.ts';
import { type EventContext, recordOfBadEvent, recordsOfEvent } from './record.ts';

export interface EventSource {
  identity: Identity;
  emitter: string;
  tool: string;
  format: string;
}

/**
 * Takes the events of a decision log. Their records are on disk when it returns; a resend makes the same records, of which the log
 * keeps one.
 * @param json a list of events
 * @throws ExhibitError REQUEST_INVALID for what is no list, LEDGER_IO
 */
export async function takeEvents(json: string, source: EventSource, app: App): Promise<number> {
  let events: unknown;
  try {
    events = parseExact(withoutDepths(json));
  } catch {
    throw requestInvalid('the decision log is not JSON');
  }
  if (!Array.isArray(events)) throw requestInvalid('the decision log is not a list');
  const { identity, emitter, tool, format } = source;
  const context: EventContext = {
    emitter,
    actor: app.actorOf(`${identity.verified_by} ${identity.name}`),
    actor_verified_by: identity.verified_by,
    settings: app.settings.decisions,
    bundleOf: app.rules.bundleOf,
    tool,
    format,
  };
  const drafts: RecordDraft[] = [];
  for (const value of events) {
    const made = recordsIn(value, context);
    if (typeof made === 'string') {
      app.log('warn', 'decision unread', { emitter, why: made });
      drafts.push(recordOfBadEvent(value, made, app.clock(), context));
      continue;
    }
    await app.store.putBlobs(made.blobs.values());
    drafts.push(...made.records);
  }
  const refused = await app.store.take(drafts.map((draft, at) => ({ line: at + 1, draft })));
  for (const { code, message } of refused)
    app.log('error', 'decision not recorded', { emitter, code, message });
  app.metrics.add('decisions_total', { source: tool }, events.length);
  return events.length;
}

/** The records of an event, or in words why there are none. */
function recordsIn(value: unknown, context: EventContext): ReturnType<typeof recordsOfEvent> | string {
  const event = readEvent(value);
  if (typeof event === 'string') return event;
  try {
    return recordsOfEvent(event, context);
  } catch (error) {
    // Half a character in a name, say: refused, the whole chunk would come again for ever.
    if (isExhibitError(error, 'RECORD_NOT_CANONICAL')) return error.message;
    throw error;
  }
}

/** OPA's decision log service: `POST /logs` or `/logs/<emitter>`, a list of events, usually with gzip. */
export const postLogs: Handler = async ({ request, response, rest, identity }, app) => {
  const emitter = emitterOf(identity, rest === '' ? undefined : rest);
  app.store.admit();
  const body = await readBody(request, app.settings.limits.body_bytes, app.queue);
  try {
    const source = { identity, emitter, tool: 'opa', format: 'opa-decision-log' };
    sendJson(response, 200, { events: await takeEvents(body.bytes.toString('utf8'), source, app) });
  } finally {
    body.done();
  }
};
