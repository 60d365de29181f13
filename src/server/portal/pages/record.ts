import { AUDIT_EMITTER, askable, keptRule } from '../../../audit/index.ts';
import { addDays, dayStart } from '../../../lake/index.ts';
import { folderKeys, type Ledger } from '../../../ledger/index.ts';
import { type EvidenceRecord, isExhibitError, parseRecord, toHex } from '../../../record/index.ts';
import { parseVkey, verifyProof } from '../../../verify/index.ts';
import { nodeCrypto } from '../../../verify/node.ts';
import { type RecordFacts, recordSections } from '../../../web/index.ts';
import { ledgerOf } from '../../ingest/evidence.ts';
import type { Model } from '../beside/messages.ts';
import { framed, outside, type Visit } from '../visit.ts';

/** Records that speak of no policy, and that an audit of any framework rests on. */
const OF_ALL: ReadonlySet<string> = new Set([
  'policy',
  'gap',
  'heartbeat',
  'timestamp',
  'key',
  'bundle_state',
]);

/** Whether the auditor of an engagement may see a record: it is of the period, and of the framework or of the audit itself. */
export function isCovered(record: EvidenceRecord, { engagement, model }: Visit & { model: Model }): boolean {
  const { emitter, details = {}, recorded_at, policy_id, record_type } = record;
  // What was done in this engagement, whenever it was.
  if (emitter === AUDIT_EMITTER) return details.engagement === engagement.engagement;
  const { from, to } = engagement;
  if (recorded_at < dayStart(from) || recorded_at >= dayStart(addDays(to, 1))) return false;
  return policy_id === undefined ? OF_ALL.has(record_type) : model.policies.includes(policy_id);
}

/** @param index attacker-controlled @throws ExhibitError NOT_FOUND for one that lies outside, as for one that is not there */
export async function recordPage(found: Visit & { model: Model }, index: string): Promise<string> {
  const ledger = ledgerOf(found.app.store);
  if (!/^[0-9]{1,15}$/.test(index) || Number(index) >= (await ledger.checkpoint()).size) throw outside();
  const { bytes } = await ledger.entry(Number(index));
  const record = parseRecord(bytes);
  if (found.session.engagement !== undefined && !isCovered(record, found)) throw outside();
  const keys = (await folderKeys(ledger.folder)).map((key) => parseVkey(nodeCrypto.sha256, key));
  const proof = await ledger.proof(Number(index), 'checkpoint');
  const { checkpoint, leafHash } = verifyProof(bytes, proof, keys, nodeCrypto, { origin: ledger.origin });
  const fields = [
    'record_type',
    'recorded_at',
    'observed_at',
    'emitter',
    'policy_id',
    'subject_type',
    'subject_id',
    'verdict',
    'disposition',
    'severity',
    'message',
    'override_id',
  ] as const;
  return framed(found, '', {
    title: `Record ${index}`,
    sections: recordSections({
      index: Number(index),
      fields: fields.flatMap((name) => {
        const value = record[name];
        return value === undefined ? [] : [[name.replaceAll('_', ' '), String(value)] as const];
      }),
      ...(record.record_type === 'decision'
        ? { decision: await decisionOf(found, ledger, Number(index), record) }
        : {}),
      json: JSON.stringify(record, null, 2),
      proof,
      leaf: toHex(leafHash),
      hashes:
        proof
          .split('\n\n')[0]
          ?.split('\n')
          .filter((line) => /^[A-Za-z0-9+/]{43}=$/.test(line)).length ?? 0,
      checkpoint: {
        size: checkpoint.size,
        root: toHex(checkpoint.root),
        signed_by: [checkpoint.key, ...checkpoint.witnesses.map(({ key }) => key)].map(({ name }) => name),
      },
    }),
  });
}

/** What made a decision, as far as the evidence keeps it, and how to perform it again. */
async function decisionOf(
  { engagement, model }: Visit & { model: Model },
  ledger: Ledger,
  index: number,
  record: EvidenceRecord,
): Promise<NonNullable<RecordFacts['decision']>> {
  const { record_id } = record;
  const needs = askable({ record_id, entry: { index, record } });
  const command = `exhibit replay ${record_id} --engagement ${engagement.engagement} --as NAME --evidence evidence`;
  return {
    rule: await keptRule(ledger, record, model.bundles).catch((error: unknown) => {
      // That a file was exchanged is worth more than the page: it is said, and nothing of the file is shown.
      if (isExhibitError(error)) return { why: `The rule cannot be shown (${error.code}): ${error.message}` };
      throw error;
    }),
    again:
      'reason' in needs
        ? { why: `It cannot be performed again (${needs.reason}): ${needs.text}.` }
        : { input: needs.input_ref, commands: [`${command} --show`, `${command} --page replay.html`] },
  };
}
