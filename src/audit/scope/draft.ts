import type { Ledger, Unnumbered } from '../../ledger/index.ts';
import {
  type Clock,
  formatInstant,
  parseDraft,
  type RandomBytes,
  SCHEMA,
  uuidv7,
} from '../../record/index.ts';

/** Who says that somebody read, asked or was let in. It is a name of Exhibit itself: no sender is believed with it. */
export const AUDIT_EMITTER = 'exhibit.audit';

type Details = Readonly<NonNullable<Unnumbered['details']>>;

export interface AuditAct {
  /** access: somebody read or was let in; query: a question with its answer's digest; manual: what a person attests; response: an answer of the team. */
  type: 'access' | 'query' | 'manual' | 'response';
  /** What was done, such as `engagement opened` or `sample drawn`. */
  kind: string;
  /** Id of the engagement in which it was done. */
  engagement?: string;
  message: string;
  details?: Details;
  /** A salted reference, never a name. */
  actor?: string;
  verified_by?: string;
}

/** What went through a schema, as details of a record: plain JSON without undefined. */
export function plainDetails(details: object): Details {
  return JSON.parse(JSON.stringify(details)) as Details;
}

/** The record of an act of an audit. Everything that an auditor does is one, also what only reads. */
export function auditDraft(
  { type, kind, engagement, message, details, actor, verified_by }: AuditAct,
  { clock, random, version }: { clock: Clock; random: RandomBytes; version?: string },
): Unnumbered {
  const now = clock();
  return {
    schema: SCHEMA,
    record_id: uuidv7(now, random),
    record_type: type,
    observed_at: formatInstant(now),
    emitter: AUDIT_EMITTER,
    layer: 'evidence',
    tool: 'exhibit',
    ...(version === undefined ? {} : { tool_version: version }),
    ...(engagement === undefined ? {} : { subject_type: 'engagement', subject_id: engagement }),
    message,
    details: { kind, ...(engagement === undefined ? {} : { engagement }), ...details },
    ...(actor === undefined ? {} : { actor, actor_verified_by: verified_by ?? 'none' }),
  };
}

/**
 * Writes the acts of an audit: when this returns they are on disk, and the next seal puts them into the log.
 * @returns the record ids, in the order given
 * @throws ExhibitError RECORD_INVALID (nothing was taken), LEDGER_...
 */
export async function appendActs(ledger: Ledger, drafts: readonly Unnumbered[]): Promise<string[]> {
  // The name is refused from outside, so that check of the ledger is made here, with a name that anybody may have.
  for (const draft of drafts) parseDraft({ ...draft, emitter: 'audit' });
  const { record_ids } = await ledger.append(AUDIT_EMITTER, drafts, { validated: true });
  return record_ids;
}

/**
 * Writes the acts of an audit and seals them: when this returns they are in the log.
 * @returns the record ids, in the order given
 * @throws ExhibitError RECORD_INVALID (nothing was taken), LEDGER_...
 */
export async function recordActs(ledger: Ledger, drafts: readonly Unnumbered[]): Promise<string[]> {
  const record_ids = await appendActs(ledger, drafts);
  await ledger.seal();
  return record_ids;
}
