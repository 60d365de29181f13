import type { RequestListener } from 'node:http';
import { isExhibitError } from '../record/index.ts';
import type { App, Route } from './app.ts';
import { sendJson, sendText } from './http/reply.ts';

/** The two pages that anybody may see. They say nothing but whether the server lives, and whether it takes records. */
export function withHealth(inner: RequestListener, app: App): RequestListener {
  return (request, response) => {
    if (request.method !== 'GET') return inner(request, response);
    if (request.url === '/healthz') {
      sendJson(response, 200, { status: 'ok' });
      return;
    }
    if (request.url === '/readyz') {
      void ready(app).then((problem) =>
        sendJson(response, problem === undefined ? 200 : 503, { status: problem ?? 'ok' }),
      );
      return;
    }
    inner(request, response);
  };
}

/** Why the server takes no records now; undefined where it does. */
async function ready(app: App): Promise<string | undefined> {
  if (app.stopping()) return 'stopping';
  if (app.bundles.missing.length > 0) return 'no bundle';
  if (!app.trusted()) return 'the API server does not trust this server yet';
  try {
    app.store.admit();
    await app.store.probe();
    return undefined;
  } catch (error) {
    return isExhibitError(error, 'SPOOL_FULL') ? 'the spool is full' : 'no records are taken';
  }
}

export const HEALTH_ROUTES: readonly Route[] = [
  {
    name: 'metrics',
    method: 'GET',
    path: '/metrics',
    roles: ['engineer'],
    handle: ({ response }, app) => {
      sendText(response, 200, 'text/plain; version=0.0.4; charset=utf-8', app.metrics.text());
    },
  },
];
