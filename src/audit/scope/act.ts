import type { LogReader } from '../../ledger/index.ts';
import { parseRecord } from '../../record/index.ts';
import { AUDIT_EMITTER } from './draft.ts';

/** An act of an audit by the id of its record; undefined where the log has none that it wrote itself. */
export async function actById(reader: LogReader, recordId: string) {
  const log_index = await reader.find(recordId);
  if (log_index === undefined) return undefined;
  const { emitter, recorded_at, actor, details = {} } = parseRecord((await reader.entry(log_index)).bytes);
  // The id alone could have been sent by anybody.
  return emitter === AUDIT_EMITTER ? { log_index, recorded_at, actor, details } : undefined;
}
