import { ExhibitError } from '../../../record/index.ts';
import type { App } from '../../app.ts';
import type { Asker } from '../record.ts';
import type { Approval } from './approvals.ts';
import { recordApproval } from './record.ts';

export interface Refusal {
  id: string;
  asker: Asker;
  /** What was tried: `used` or `decided`. */
  tried: 'use' | 'decide';
  why: string;
  status: number;
  tool?: string;
}

/** Nothing is allowed, and that it was tried is on the record. @throws ExhibitError APPROVAL_REFUSED, always */
export async function refuse({ id, asker, tried, why, status, tool }: Refusal, app: App): Promise<never> {
  app.log('warn', 'approval refused', { id, tried, why });
  await recordApproval(
    {
      event: 'refused',
      id,
      asker,
      message: `refused to ${tried} the approval: ${why}`,
      ...(tool === undefined ? {} : { tool }),
      details: { tried, why },
    },
    app,
  );
  throw new ExhibitError('APPROVAL_REFUSED', why, { details: { status } });
}

export function isExpired({ expires }: Approval, now: number): boolean {
  return now >= expires;
}
