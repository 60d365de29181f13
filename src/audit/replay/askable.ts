import type { Digest, EvidenceRecord } from '../../record/index.ts';
import type { Refused } from './shelf.ts';
import type { Asked } from './types.ts';

/** A decision of which all that is needed to perform it again is named. */
export interface Askable {
  asked: Asked;
  index: number;
  record: EvidenceRecord;
  policy_id: string;
  rule_id: string;
  subject_id: string;
  input_ref: Digest;
  bundle_digest: Digest;
}

/** Engines whose decisions are made in this process. What others said, their tools alone can say again. */
const ENGINES: ReadonlySet<string> = new Set(['opa-wasm', 'cedar', 'kyverno', 'admission-policy']);

/** What a record names, or why it cannot be performed again by what it says itself. */
export function askable(asked: Asked): Askable | Refused {
  const { entry, record_id } = asked;
  if (entry === undefined)
    return { reason: 'not_in_log', text: `no record of the log has the id ${record_id}` };
  const { index, record } = entry;
  if (record.record_type !== 'decision')
    return { reason: 'not_a_decision', text: `the record is of type ${record.record_type}, and no decision` };
  if (isSimulated(record))
    return {
      reason: 'simulation',
      text: 'it was decided for a time that somebody chose, which the record does not name',
    };
  const { policy_id, subject_id, bundle_digest, input_ref, input_digest } = record;
  if (
    bundle_digest === undefined ||
    policy_id === undefined ||
    subject_id === undefined ||
    !ENGINES.has(record.engine ?? '')
  )
    return {
      reason: 'foreign_tool',
      text: `${toolOf(record)} decided, by rules that no bundle of the log holds`,
    };
  // Records of applications name the form in which they asked.
  if (record.format !== undefined)
    return {
      reason: 'application',
      text: `an application asked a rule of its own choice (${record.format}); what is performed again are the policies of a layer`,
    };
  if (input_digest === undefined && record.verdict === 'not_applicable')
    return {
      reason: 'nothing_judged',
      text: 'the policy found nothing that it applies to in its whole run, so there is no input of it',
    };
  if (input_ref === undefined || input_digest === undefined)
    return {
      reason: 'no_stored_input',
      text: 'the record names no stored input: there was none, or it was not to be kept',
    };
  return {
    ...{ asked, index, record, policy_id, subject_id },
    rule_id: record.rule_id ?? policy_id,
    input_ref: input_ref as Digest,
    bundle_digest: bundle_digest as Digest,
  };
}

function toolOf({ tool, engine }: EvidenceRecord): string {
  return tool === 'exhibit' ? `the engine ${engine ?? 'of another tool'}` : (tool ?? 'another tool');
}

function isSimulated({ ext }: EvidenceRecord): boolean {
  if (ext === undefined) return false;
  try {
    return (JSON.parse(ext) as { simulated?: unknown } | null)?.simulated === true;
  } catch {
    return false;
  }
}
