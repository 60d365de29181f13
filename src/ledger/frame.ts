/**
 * A frame of a write-ahead log holds the records of one group commit.
 * Payload: count of emitters (2), each as length (2) and UTF-8; then the records, each as length (4), splice (4),
 * emitter (4), sequence (8, a double, -1 for none), record id (16), and the bytes of the draft.
 */
export const RECORD_HEADER = 36;
/** Payload of a frame stays below this, but for one record alone. */
export const MAX_PAYLOAD = 8 * 1024 * 1024;

/** A record that waits in a write-ahead log. */
export interface Waiting {
  emitter: string;
  /** -1 where the record has no number. */
  sequence: number;
  /** 16 bytes of the record's UUID. */
  id: Uint8Array;
  /** Canonical form without recorded_at, which goes in at `splice`. */
  bytes: Uint8Array;
  splice: number;
}

/** The records of a payload, as views into it. @throws RangeError where it does not fit its own lengths */
export function readPayload(payload: Buffer, count: number): Waiting[] {
  const emitters: string[] = [];
  let at = 2;
  for (let i = payload.readUInt16LE(0); i > 0; i -= 1) {
    const length = payload.readUInt16LE(at);
    emitters.push(payload.toString('utf8', at + 2, at + 2 + length));
    at += 2 + length;
  }
  const records: Waiting[] = new Array(count);
  for (let i = 0; i < count; i += 1) {
    const length = payload.readUInt32LE(at);
    const start = at + RECORD_HEADER;
    const emitter = emitters[payload.readUInt32LE(at + 8)];
    if (emitter === undefined || start + length > payload.length) throw new RangeError('lengths do not fit');
    records[i] = {
      emitter,
      sequence: payload.readDoubleLE(at + 12),
      id: payload.subarray(at + 20, start),
      bytes: payload.subarray(start, start + length),
      splice: payload.readUInt32LE(at + 4),
    };
    at = start + length;
  }
  if (at !== payload.length) throw new RangeError('lengths do not fit');
  return records;
}
