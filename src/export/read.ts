import { hash } from 'node:crypto';
import type { LedgerReader } from '../ledger/index.ts';
import { type EvidenceRecord, toHex } from '../record/index.ts';
import { leafHash } from '../verify/index.ts';
import type { ControlMaps } from './controls.ts';
import type { ExportCoverage, ExportedDecision, ExportRequest } from './types.ts';

// Inside a JSON string the quotes would be escaped, so these bytes stand for a member named record_type only.
const MARK = Buffer.from('"record_type":"decision"');

/**
 * The decisions that are asked for, in the order of the log, one entry bundle in memory. They come from the log itself, not from the
 * lake: the reader follows each entry up to the signed root, and a day that is not closed is there too.
 */
export async function* readDecisions(
  reader: LedgerReader,
  { from_index, to_index }: Pick<ExportCoverage, 'from_index' | 'to_index'>,
  request: ExportRequest,
  maps: ControlMaps,
): AsyncGenerator<ExportedDecision> {
  if (from_index >= to_index) return;
  for await (const { index, bytes } of reader.entries(from_index, to_index)) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!buffer.includes(MARK)) continue;
    // The ledger checked it against the schema when it took it.
    const record = JSON.parse(buffer.toString('utf8')) as EvidenceRecord;
    if (record.record_type !== 'decision') continue;
    if (request.policy !== undefined && record.policy_id !== request.policy) continue;
    const controls = (await maps.of(record)).filter(
      ({ framework, control }) =>
        (request.framework === undefined || framework === request.framework) &&
        (request.control === undefined || control === request.control),
    );
    if (request.framework !== undefined && controls.length === 0) continue;
    yield { index, leaf: toHex(leafHash(sha256, bytes)), record, controls };
  }
}

const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');
