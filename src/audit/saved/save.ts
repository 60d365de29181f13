import type { QueryAnswer, QueryRequest } from '../../lake/index.ts';
import type { Ledger, LogReader, Unnumbered } from '../../ledger/index.ts';
import { ExhibitError, parseRecord } from '../../record/index.ts';
import { AUDIT_EMITTER, recordActs } from '../scope/draft.ts';
import { type SavedQuery, savedDetails, savedSchema } from './details.ts';
import { rowsBlob } from './rows.ts';

/** Where what was written is, and what proves it to anybody: a tlog-proof of the record. */
export interface InLog {
  record_id: string;
  log_index: number;
  proof: string;
}

/** Details of an answer, with its rows as a blob where they are kept. @throws ExhibitError USAGE */
export async function keepAnswer(
  ledger: Pick<Ledger, 'putBlob'>,
  answer: QueryAnswer,
  asked: QueryRequest,
  { name, rows }: { name: string; rows: boolean },
): Promise<SavedQuery> {
  const details = savedDetails(answer, asked, name);
  if (!rows) return details;
  return { ...details, rows_digest: (await ledger.putBlob(rowsBlob(answer))) as `sha256:${string}` };
}

/** Appends one record of an audit, seals, and finds it. */
export async function recordAct(ledger: Ledger, draft: Unnumbered): Promise<InLog> {
  const [record_id = ''] = await recordActs(ledger, [draft]);
  const log_index = await ledger.find(record_id);
  if (log_index === undefined)
    throw new ExhibitError('NOT_FOUND', `record ${record_id} waits for the next seal`, {
      hint: 'It is on disk and not lost: exhibit ledger seal',
    });
  return { record_id, log_index, proof: await ledger.proof(log_index) };
}

/** @throws ExhibitError NOT_FOUND: there is no such record; USAGE: it is no saved answer */
export async function readSaved(
  reader: LogReader,
  recordId: string,
): Promise<{ log_index: number; saved: SavedQuery; recorded_at: string; actor?: string }> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(recordId))
    throw new ExhibitError('USAGE', `${JSON.stringify(recordId)} is no record id`, { hint: LIST });
  const log_index = await reader.find(recordId);
  if (log_index === undefined)
    throw new ExhibitError('NOT_FOUND', `the log has no record ${recordId}`, { hint: LIST });
  const record = parseRecord((await reader.entry(log_index)).bytes);
  const parsed = savedSchema.safeParse(record.details);
  // Any emitter could have sent such details: an answer is one that this log's audit recorded, over records before itself.
  const fits =
    record.record_type === 'query' &&
    record.emitter === AUDIT_EMITTER &&
    parsed.success &&
    parsed.data.ledger.size <= log_index;
  if (!fits)
    throw new ExhibitError('USAGE', `record ${recordId} is no saved answer`, {
      cause: parsed.error,
      hint: LIST,
    });
  const { recorded_at, actor } = record;
  return { log_index, saved: parsed.data, recorded_at, ...(actor === undefined ? {} : { actor }) };
}

const LIST = 'exhibit query --saved lists the answers that were saved.';
