import type { Handler, Route } from '../app.ts';
import { emitterOf } from '../auth/identity.ts';
import { jsonOf, readBody } from '../http/body.ts';
import { sendJson } from '../http/reply.ts';

/**
 * The webhook backend of an API server's audit log: `POST /v1/kubernetes/audit` or `/v1/kubernetes/audit/<emitter>`, an EventList. What it tells is on
 * disk when the answer goes out; an API server sends a batch again that was not answered.
 * @see https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#webhook-backend
 */
const postAudit: Handler = async ({ request, response, rest, identity }, app) => {
  const emitter = emitterOf(identity, rest === '' ? undefined : rest);
  app.store.admit();
  const body = await readBody(request, app.settings.kubernetes_audit.batch_bytes, app.queue);
  try {
    const { events, again } = await app.audit.take(jsonOf(body.bytes), body.bytes, emitter, identity, app);
    sendJson(response, 200, { schemaVersion: 1, events, again });
  } finally {
    body.done();
  }
};

const route = (path: string): Route => ({
  name: 'kubernetes_audit',
  method: 'POST',
  path,
  roles: ['emitter'],
  handle: postAudit,
});

export const KUBERNETES_AUDIT_ROUTES: readonly Route[] = [
  route('/v1/kubernetes/audit'),
  route('/v1/kubernetes/audit/'),
];
