import { asBuffer, sameRecord } from './entry.ts';
import type { Waiting } from './frame.ts';

/** How a waiting record stands to what is in the log. */
export type Standing =
  | { kind: 'new' }
  /** It is there already. */
  | { kind: 'same'; index: number }
  /** Another record has its number (or id). */
  | { kind: 'conflict'; index: number };

const NEW: Standing = { kind: 'new' };

/**
 * Looks a waiting record up by (emitter, sequence) where it has a number, else by its id.
 * @param candidates leaves that may have its key
 * @param pending records of this batch, not in the log yet: the first has the index `start`
 * @param read bytes of an entry that is in the log
 */
export async function standing(
  record: Waiting,
  candidates: number[],
  pending: readonly Waiting[],
  start: number,
  read: (index: number) => Promise<Uint8Array>,
): Promise<Standing> {
  // The first that came is the one that counts.
  for (const at of candidates.sort((a, b) => a - b)) {
    const waiting = at >= start ? pending[at - start] : undefined;
    if (waiting !== undefined) {
      if (!sameKey(waiting, record)) continue;
      return { kind: sameWaiting(waiting, record) ? 'same' : 'conflict', index: at };
    }
    const entry = await read(at);
    if (sameRecord(entry, record)) return { kind: 'same', index: at };
    if (hasKey(entry, record)) return { kind: 'conflict', index: at };
  }
  return NEW;
}

function sameKey(a: Waiting, b: Waiting): boolean {
  if (a.sequence !== b.sequence) return false;
  return b.sequence >= 0 ? a.emitter === b.emitter : asBuffer(a.id).equals(b.id);
}

function sameWaiting(a: Waiting, b: Waiting): boolean {
  return a.splice === b.splice && asBuffer(a.bytes).equals(b.bytes);
}

function hasKey(entry: Uint8Array, { emitter, sequence, id }: Waiting): boolean {
  const key = keyOf(entry);
  if (key.sequence !== sequence) return false;
  return sequence >= 0 ? key.emitter === emitter : asBuffer(key.id).equals(id);
}

/** The key of an entry of the log. */
export function keyOf(entry: Uint8Array): { id: Uint8Array; emitter: string; sequence: number } {
  const { record_id, emitter, sequence } = JSON.parse(asBuffer(entry).toString()) as Record<string, unknown>;
  return {
    id: Buffer.from(String(record_id).replaceAll('-', ''), 'hex'),
    emitter: String(emitter),
    sequence: typeof sequence === 'number' ? sequence : -1,
  };
}
