import type { Route } from '../../app.ts';
import type { Role } from '../../settings.ts';
import { postAction } from './act.ts';
import { getApproval, getApprovals, postApproval } from './decide.ts';
import { postOutcome } from './outcome.ts';

const ASK: readonly Role[] = ['emitter', 'engineer'];

/** Who may decide is looked at where a refusal can be recorded. */
export const ACTION_ROUTES: readonly Route[] = [
  { name: 'actions', method: 'POST', path: '/v1/actions', roles: ASK, handle: postAction },
  { name: 'outcome', method: 'POST', path: '/v1/actions/', roles: ASK, handle: postOutcome },
  { name: 'approvals', method: 'GET', path: '/v1/approvals', roles: ['approver'], handle: getApprovals },
  { name: 'approval', method: 'GET', path: '/v1/approvals/', roles: [], handle: getApproval },
  { name: 'approve', method: 'POST', path: '/v1/approvals/', roles: [], handle: postApproval },
];
