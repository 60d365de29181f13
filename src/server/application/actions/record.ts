import type { Unnumbered } from '../../../ledger/index.ts';
import { redactText } from '../../../record/index.ts';
import type { App } from '../../app.ts';
import { ownRecord } from '../../own-record.ts';
import type { Asker } from '../record.ts';

/** What happened to an action that needs a person, or that was allowed. */
export type ApprovalEvent = 'requested' | 'approved' | 'denied' | 'used' | 'refused' | 'outcome';

export interface Happening {
  event: ApprovalEvent;
  /** Id of the approval, or of the decision where there is none. */
  id: string;
  asker: Asker;
  message: string;
  tool?: string;
  details?: Record<string, string | number>;
}

/** Puts it on the record: on disk when it returns. @throws ExhibitError LEDGER_IO */
export async function recordApproval(
  { event, id, asker, message, tool, details }: Happening,
  app: App,
): Promise<void> {
  const draft: Unnumbered = {
    ...ownRecord('approval', app),
    layer: 'runtime',
    format: 'agent-action',
    subject_type: 'action',
    subject_id: id,
    ...(tool === undefined ? {} : { subject_name: redactText(tool).toWellFormed() }),
    message: redactText(message).toWellFormed(),
    details: { event, ...details },
    actor: asker.actor,
    actor_verified_by: asker.verified_by,
  };
  await app.store.appendOwn([draft]);
}
