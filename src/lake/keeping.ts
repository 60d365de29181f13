import { type RecordDraft, SCHEMA } from '../record/index.ts';
import type { Choice } from './bucket/select.ts';
import { LAKE_EMITTER } from './manifest.ts';

/** Who decides about keeping evidence, when, and why. */
export interface Decision {
  record_id: string;
  /** RFC 3339. */
  observed_at: string;
  /** A salted reference, never a name. */
  actor: string;
  reason: string;
}

/** A record about keeping evidence. It is written before anything is changed. */
export function keepingDraft(
  { reason: _, ...decision }: Decision,
  message: string,
  details: NonNullable<RecordDraft['details']>,
): RecordDraft {
  return {
    schema: SCHEMA,
    record_type: 'tombstone',
    emitter: LAKE_EMITTER,
    layer: 'evidence',
    tool: 'exhibit',
    ...decision,
    actor_verified_by: 'none',
    message,
    details,
  };
}

/** The record that says that files were put under legal hold, or that the hold was taken off. */
export function holdDraft(decision: Decision, on: boolean, choice: Choice, files: number): RecordDraft {
  const control = choice.control === undefined ? '' : `/${choice.control}`;
  const message = `legal hold ${on ? 'on' : 'off'} ${choice.framework}${control}: ${files} files`;
  return keepingDraft(decision, message, {
    ...{ kind: 'legal_hold', on, ...choice, files },
    reason: decision.reason,
  });
}
