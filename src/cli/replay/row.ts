import type { Replayed, Said } from '../../audit/index.ts';
import type { EvidenceRecord } from '../../record/index.ts';
import type { ReplayRow } from './schema.ts';

/** An outcome as it is shown. Fields without a value are left out. */
export function rowOf(replayed: Replayed): ReplayRow {
  const { record_id, entry } = replayed;
  return plain({
    record_id,
    ...(entry === undefined ? {} : { index: entry.index, ...placeOf(entry.record) }),
    ...(replayed.outcome === 'cannot' || replayed.again === undefined
      ? {}
      : { again: shown(replayed.again) }),
    outcome: replayed.outcome,
    ...(replayed.outcome === 'cannot' ? { reason: replayed.reason, text: replayed.text } : {}),
    ...(replayed.outcome === 'differs' ? { differences: replayed.differences, why: replayed.why } : {}),
  });
}

function placeOf({ verdict, disposition, ...record }: EvidenceRecord) {
  const { policy_id, rule_id, subject_id, layer, observed_at, bundle_digest, input_ref } = record;
  const recorded =
    verdict === undefined || disposition === undefined
      ? undefined
      : shown({ ...record, verdict, disposition });
  return { policy_id, rule_id, subject_id, layer, observed_at, bundle_digest, input_ref, recorded };
}

function shown({ verdict, disposition, override_id, message }: Said) {
  return { verdict, disposition, override_id, message };
}

const plain = (row: object): ReplayRow => JSON.parse(JSON.stringify(row)) as ReplayRow;
