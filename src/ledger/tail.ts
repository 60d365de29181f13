import { crc32 } from 'node:zlib';

/** What one seal added to the index: the file of the newest leaves is a list of these, read back when a process starts. */
export interface TailFrame {
  /** Leaves [from, to) of the log. */
  from: number;
  to: number;
  /** Root of the log at `to`, hexadecimal: an index of another log is not used. */
  root: string;
  /** Pairs of words (fingerprint, leaf in the run) of ids of records without a number. */
  ids: number[];
  /** The same of everything else. */
  others: number[];
  /** `[emitter, from, to]` of numbered records. */
  ranges: [string, number, number][];
  /** Length of the frame in its file. */
  bytes: number;
}

const HEADER = 16;

export function encodeTail(frame: Omit<TailFrame, 'bytes'>): Buffer {
  const text = Buffer.from(JSON.stringify([frame.from, frame.to, frame.root, frame.ranges]));
  const bytes = Buffer.alloc(HEADER + 4 * (frame.ids.length + frame.others.length) + text.length);
  let at = HEADER;
  for (const word of frame.ids) at = bytes.writeUInt32LE(word, at);
  for (const word of frame.others) at = bytes.writeUInt32LE(word, at);
  text.copy(bytes, at);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt32LE(frame.ids.length, 4);
  bytes.writeUInt32LE(frame.others.length, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(HEADER), crc32(bytes.subarray(0, 12))), 12);
  return bytes;
}

/** The frames up to the first that is not whole: the index is derived, so what follows is made anew from the log. */
export function* decodeTail(bytes: Buffer): Generator<TailFrame> {
  for (let start = 0; start + HEADER <= bytes.length; ) {
    const length = bytes.readUInt32LE(start);
    const frame = bytes.subarray(start, start + length);
    if (length < HEADER || frame.length < length) return;
    if (frame.readUInt32LE(12) !== crc32(frame.subarray(HEADER), crc32(frame.subarray(0, 12)))) return;
    const ids = words(frame, HEADER, frame.readUInt32LE(4));
    const others = words(frame, HEADER + 4 * ids.length, frame.readUInt32LE(8));
    const rest = frame.subarray(HEADER + 4 * (ids.length + others.length)).toString();
    const [from, to, root, ranges] = JSON.parse(rest) as [number, number, string, TailFrame['ranges']];
    yield { from, to, root, ids, others, ranges, bytes: length };
    start += length;
  }
}

function words(frame: Buffer, from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => frame.readUInt32LE(from + 4 * i));
}
