import {
  type Act,
  AUDIT_EMITTER,
  type AuditAct,
  appendActs,
  auditDraft,
  recordActs,
} from '../../audit/index.ts';
import type { Unnumbered } from '../../ledger/index.ts';
import type { App } from '../app.ts';
import { ledgerOf } from '../ingest/evidence.ts';
import type { Session } from './sessions.ts';

/** Refusals of one session that go on record each; what is beyond is counted by the metrics. */
const MOST_REFUSALS = 50;

/** Puts an act on disk before its answer is given; the next seal puts it into the log. */
export async function record(
  app: App,
  session: Pick<Session, 'id' | 'actor' | 'verified_by' | 'roles'>,
  act: Omit<AuditAct, 'actor' | 'verified_by'>,
  sealed = false,
): Promise<Unnumbered> {
  const draft = auditDraft(
    {
      ...act,
      details: {
        ...act.details,
        by: 'portal',
        session: session.id,
        ...(session.roles.length === 0 ? {} : { roles: [...session.roles] }),
      },
      actor: session.actor,
      verified_by: session.verified_by,
    },
    app,
  );
  await (sealed ? recordActs : appendActs)(ledgerOf(app.store), [draft]);
  return draft;
}

/** A read, before what was read is shown. @param what in words, such as `page coverage` */
export async function recordRead(
  app: App,
  session: Session,
  engagement: string,
  what: string,
  details: Record<string, string | number>,
): Promise<void> {
  await record(app, session, {
    type: 'access',
    kind: 'read',
    engagement,
    message: `read: ${what}`,
    details: { what, ...details },
  });
}

/** That somebody who is signed in reached for what is not his. @param what attacker-controlled, cut */
export async function recordRefusal(
  app: App,
  session: Pick<Session, 'id' | 'actor' | 'verified_by' | 'roles' | 'engagement' | 'refusals'>,
  what: string,
): Promise<void> {
  app.metrics.add('portal_refused_total', {});
  session.refusals += 1;
  if (session.refusals > MOST_REFUSALS) return;
  await record(app, session, {
    type: 'access',
    kind: 'refused',
    ...(session.engagement === undefined ? {} : { engagement: session.engagement }),
    message: 'somebody who was signed in reached for what the session does not cover',
    details: { what: what.slice(0, 200), last: session.refusals === MOST_REFUSALS },
  });
}

/** A draft that was written, as the pages list it until the log is read again. */
export function actOf({ record_id, record_type, observed_at, message, details, actor }: Unnumbered): Act {
  const kind = details?.kind;
  const engagement = details?.engagement;
  return {
    log_index: -1,
    record_id: record_id ?? '',
    record_type,
    recorded_at: observed_at,
    emitter: AUDIT_EMITTER,
    sequence: undefined,
    engagement: typeof engagement === 'string' ? engagement : undefined,
    kind: typeof kind === 'string' ? kind : '',
    actor,
    message: message ?? '',
    details: { ...details },
  };
}
