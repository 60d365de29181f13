import type { Route } from '../app.ts';
import { postData } from './data.ts';
import { postLogs } from './logs.ts';
import { postStatus } from './status.ts';

/** The APIs of OPA that a sidecar sends to, and the one that its callers ask. */
export const OPA_ROUTES: readonly Route[] = [
  { name: 'logs', method: 'POST', path: '/logs', roles: ['emitter'], handle: postLogs },
  { name: 'logs', method: 'POST', path: '/logs/', roles: ['emitter'], handle: postLogs },
  { name: 'status', method: 'POST', path: '/status', roles: ['emitter'], handle: postStatus },
  { name: 'status', method: 'POST', path: '/status/', roles: ['emitter'], handle: postStatus },
  { name: 'data', method: 'POST', path: '/v1/data', roles: ['emitter', 'engineer'], handle: postData },
  { name: 'data', method: 'POST', path: '/v1/data/', roles: ['emitter', 'engineer'], handle: postData },
];
