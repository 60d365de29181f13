import { sha256 } from '../../policy/index.ts';
import { derivedId, formatInstant, type RecordDraft, redactText, SCHEMA } from '../../record/index.ts';
import type { Act, RawFinding } from './types.ts';

export interface ResponseOptions {
  record_id: string;
  now: number;
  /** A salted reference, never a name. */
  actor?: string | undefined;
  /** Free text of a person: what looks like a secret is not kept. */
  text?: string | undefined;
  tool_version: string;
}

/** The record of a response: who, what, when, about which finding. */
export function responseRecord(
  finding: Pick<RawFinding, 'id' | 'policy' | 'rule' | 'subject' | 'environment'>,
  act: Act,
  { record_id, now, actor, text, tool_version }: ResponseOptions,
): RecordDraft {
  return {
    schema: SCHEMA,
    record_id,
    record_type: 'response',
    observed_at: formatInstant(now),
    emitter: 'exhibit',
    layer: 'evidence',
    tool: 'exhibit findings',
    tool_version,
    policy_id: finding.policy,
    ...(finding.rule === undefined ? {} : { rule_id: finding.rule }),
    subject_id: finding.subject,
    ...(finding.environment === undefined ? {} : { environment: finding.environment }),
    ...(text === undefined ? {} : { message: redactText(text) }),
    ...(actor === undefined ? {} : { actor, actor_verified_by: 'none' }),
    details: { finding: finding.id, ...act },
  };
}

/** The id of what happened to one delivery: said twice, it is one record. */
export function deliveryRecordId(key: string, attempt: string): string {
  return derivedId('delivery', `${key} ${attempt}`, sha256);
}
