import type { LedgerReader } from '../../ledger/index.ts';
import {
  type Digest,
  type EvidenceRecord,
  type Layer,
  parseRecord,
  type Verdict,
} from '../../record/index.ts';

/** What was said last about one subject by one rule. */
export interface Said {
  policy_id: string;
  rule_id: string;
  subject_id: string;
  verdict: Verdict;
  bundle_digest: Digest | undefined;
}

/** One input at one layer, and what was said about it. */
export interface JudgedInput {
  ref: Digest;
  layer: Layer;
  file: string;
  /** What it is, where its stored form does not show it. */
  kind?: string;
  raw_digest: Digest;
  /** When it was judged last, RFC 3339. */
  observed_at: string;
  said: Map<string, Said>;
}

export interface Collected {
  inputs: JudgedInput[];
  /** Decisions in the period that were compared, and those that cannot be, with why. */
  decisions: number;
  /** Their input was not stored, or they had none: a policy that found nothing, a file that could not be read. */
  without_input: number;
  /** Made at a time that somebody chose. */
  simulated: number;
}

/** By what a verdict is found again: policy, rule and subject. */
export function sayingKey({
  policy_id,
  rule_id,
  subject_id,
}: Pick<Said, 'policy_id' | 'rule_id' | 'subject_id'>): string {
  return JSON.stringify([policy_id, rule_id, subject_id]);
}

/**
 * Every input that was judged in a part of the log, once a layer, with the last verdicts on it.
 * @param from,to indices in the log
 */
export async function collect(
  reader: LedgerReader,
  from: number,
  to: number,
  onRead: (done: number) => void,
): Promise<Collected> {
  const inputs = new Map<string, JudgedInput>();
  const found: Collected = { inputs: [], decisions: 0, without_input: 0, simulated: 0 };
  for await (const { index, bytes } of reader.entries(from, to)) {
    onRead(index - from + 1);
    const record = parseRecord(bytes);
    if (record.record_type !== 'decision') continue;
    found.decisions += 1;
    if (isSimulated(record)) found.simulated += 1;
    else if (record.input_ref === undefined || record.input_digest === undefined) found.without_input += 1;
    else take(inputs, record, record.input_ref as Digest, record.input_digest as Digest);
  }
  return { ...found, inputs: [...inputs.values()] };
}

function take(
  inputs: Map<string, JudgedInput>,
  record: EvidenceRecord,
  ref: Digest,
  raw_digest: Digest,
): void {
  const {
    layer,
    file = '',
    observed_at,
    policy_id = '',
    rule_id = policy_id,
    subject_id = '',
    verdict,
  } = record;
  if (verdict === undefined) return;
  const kind = record.details?.input_kind;
  // Not by file: what violates in a plan is shown in the source beside it, and what passes in the plan.
  const key = JSON.stringify([ref, layer]);
  const input = inputs.get(key) ?? {
    ref,
    layer,
    file,
    ...(typeof kind === 'string' ? { kind } : {}),
    raw_digest,
    observed_at,
    said: new Map<string, Said>(),
  };
  const said: Said = {
    ...{ policy_id, rule_id, subject_id, verdict },
    bundle_digest: record.bundle_digest as Digest | undefined,
  };
  input.said.set(sayingKey(said), said);
  input.observed_at = observed_at;
  inputs.set(key, input);
}

function isSimulated({ ext }: EvidenceRecord): boolean {
  if (ext === undefined) return false;
  try {
    return (JSON.parse(ext) as { simulated?: unknown }).simulated === true;
  } catch {
    return false;
  }
}
