import type { Route } from '../app.ts';
import { ACTION_ROUTES } from './actions/routes.ts';
import { postIsAuthorized } from './cedar/is-authorized.ts';

/** What applications ask: Cedar, and whether an agent may do something. Envoy asks over gRPC, beside them. */
export const APPLICATION_ROUTES: readonly Route[] = [
  {
    name: 'cedar',
    method: 'POST',
    path: '/v1/cedar/is-authorized',
    roles: ['emitter', 'engineer'],
    handle: postIsAuthorized,
  },
  ...ACTION_ROUTES,
];
