import { resolve } from 'node:path';
import type { Decision } from '../../engine/index.ts';
import { entriesWhere, oneOf } from '../../lake/index.ts';
import { openReader } from '../../ledger/index.ts';
import { type EvidenceRecord, parseRecord } from '../../record/index.ts';
import type { DeletedResource } from '../../watch/index.ts';
import type { Context } from '../context.ts';

const MARK = '"layer":"runtime"';

/**
 * What failed at runtime of resources that are deleted now: each gets a decision that says so, which ends its finding. What passed last, or
 * is known to be gone, gets none.
 * @param folder evidence folder
 * @param few how many records are a short log, which is read whole
 */
export async function goneDecisions(
  deleted: readonly DeletedResource[],
  folder: string,
  context: Pick<Context, 'cwd'>,
  few?: number,
): Promise<Decision[]> {
  if (deleted.length === 0) return [];
  const byId = new Map(deleted.map((each) => [each.id, each]));
  const last = new Map<string, EvidenceRecord>();
  const reader = await openReader(resolve(context.cwd, folder));
  try {
    const { size } = await reader.checkpoint();
    const ofThem = {
      sql: `record_type = 'decision' AND layer = 'runtime' AND ${oneOf('subject_id', new Set(byId.keys()))}`,
      marked: (bytes: Buffer) => bytes.includes(MARK),
    };
    for await (const { bytes } of entriesWhere(reader, { from: 0, to: size }, ofThem, { few })) {
      const record = parseRecord(bytes);
      const { record_type, policy_id, rule_id, subject_id, environment } = record;
      if (record_type === 'decision' && subject_id !== undefined && byId.has(subject_id))
        last.set(JSON.stringify([policy_id, rule_id, subject_id, environment ?? null]), record);
    }
  } finally {
    await reader.close();
  }
  return [...last.values()].flatMap((record) => {
    const resource = byId.get(record.subject_id ?? '');
    return record.verdict === 'fail' && resource !== undefined ? [goneDecision(record, resource)] : [];
  });
}

function goneDecision(
  {
    policy_id = '',
    rule_id,
    severity = 'medium',
    subject_type,
    subject_name,
    environment,
    record_id,
  }: EvidenceRecord,
  { id, type, name, at }: DeletedResource,
): Decision {
  return {
    policy_id,
    rule_id: rule_id ?? policy_id,
    severity,
    subject: {
      type: subject_type ?? type,
      id,
      name: subject_name ?? name,
      ...(environment === undefined ? {} : { environment }),
    },
    verdict: 'not_applicable',
    disposition: 'none',
    message: at === undefined ? 'it was deleted' : `AWS Config saw at ${at} that it was deleted`,
    details: { subject_state: 'gone', failed: record_id },
    document: undefined,
    location: {},
  };
}
