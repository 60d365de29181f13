import type { LedgerReader } from '../../ledger/index.ts';
import { parseRecord } from '../../record/index.ts';
import { parseCheckpoint, STAMP_EMITTER, STAMP_KIND } from '../../verify/index.ts';

export interface KeptStamp {
  log_index: number;
  /** Of the checkpoint that the authority dated. */
  size: number;
  root: string;
}

/** The first time stamp that covers the end of a period, and the newest one. @param indexes of time stamps, in the order of the log */
export async function stampsOf(
  reader: LedgerReader,
  indexes: readonly number[],
  end: { size: number },
): Promise<KeptStamp[]> {
  const found = new Map<number, KeptStamp>();
  for (const index of indexes.filter((each) => each >= end.size)) {
    const stamp = await stampAt(reader, index);
    if (stamp === undefined || stamp.size < end.size) continue;
    found.set(index, stamp);
    break;
  }
  const newest = indexes.at(-1);
  const last = newest === undefined ? undefined : await stampAt(reader, newest);
  if (last !== undefined) found.set(last.log_index, last);
  return [...found.values()];
}

async function stampAt(reader: LedgerReader, log_index: number): Promise<KeptStamp | undefined> {
  const { emitter, details = {} } = parseRecord((await reader.entry(log_index)).bytes);
  if (emitter !== STAMP_EMITTER || details.kind !== STAMP_KIND) return undefined;
  if (typeof details.checkpoint !== 'string') return undefined;
  const { size, root } = parseCheckpoint(details.checkpoint);
  return { log_index, size, root: Buffer.from(root).toString('hex') };
}
