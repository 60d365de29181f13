import type { QueryAnswer } from '../../lake/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import { sha256 } from '../../policy/index.ts';
import { leafHash } from '../../verify/index.ts';
import { rowsOf } from './rows.ts';
import type { ControlReport } from './schema.ts';

export type Latest = NonNullable<ControlReport['latest']>;

/**
 * The last decision of each control, with the hash of its entry: the reader follows each to the signed root before it gives it out.
 * @param answer of the question `control-latest`
 * @param problems gets what is not at its place
 */
export async function latestOf(
  reader: LogReader,
  answer: QueryAnswer,
  problems: string[],
): Promise<Map<string, Latest>> {
  const found = new Map<string, Latest>();
  const hashes = new Map<number, string>();
  for (const row of rowsOf(answer)) {
    const [log_index, record_id] = [row.number('log_index'), row.text('record_id')];
    const hash = hashes.get(log_index) ?? (await hashOf(reader, log_index, record_id));
    hashes.set(log_index, hash);
    if (hash === '')
      problems.push(`the lake says that leaf ${log_index} is ${record_id}, and the log does not`);
    found.set(row.text('control'), {
      log_index,
      record_id,
      recorded_at: row.text('recorded_at'),
      layer: row.text('layer'),
      policy_id: row.text('policy_id'),
      verdict: row.text('verdict'),
      policy_revision: row.text('policy_revision'),
      bundle_digest: row.text('bundle_digest'),
      leaf_hash: hash,
    });
  }
  return found;
}

async function hashOf(reader: LogReader, index: number, id: string): Promise<string> {
  const { bytes } = await reader.entry(index);
  const { record_id } = JSON.parse(new TextDecoder().decode(bytes)) as { record_id?: unknown };
  return record_id === id ? Buffer.from(leafHash(sha256, bytes)).toString('hex') : '';
}
