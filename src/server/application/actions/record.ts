import type { Unnumbered } from '../../../ledger/index.ts';
import { formatInstant, redactText, SCHEMA, uuidv7 } from '../../../record/index.ts';
import type { App } from '../../app.ts';
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
  const now = app.clock();
  const draft: Unnumbered = {
    schema: SCHEMA,
    record_id: uuidv7(now, app.random),
    record_type: 'approval',
    observed_at: formatInstant(now),
    emitter: app.emitter,
    layer: 'runtime',
    tool: 'exhibit',
    tool_version: app.version,
    format: 'agent-action',
    subject_type: 'action',
    subject_id: id,
    ...(tool === undefined ? {} : { subject_name: redactText(tool).toWellFormed() }),
    message: redactText(message).toWellFormed(),
    details: { event, ...details },
    actor: asker.actor,
    actor_verified_by: asker.verified_by,
  };
  await app.store.appendOwn(app.emitter, [draft]);
}
