import { crc32 } from 'node:zlib';

/**
 * A frame of a write-ahead log: the records of one group commit, so of one fdatasync. The next frame is written only
 * after this one is on disk: a frame that anything follows was acknowledged.
 *
 * Header, 36 bytes, little-endian: magic, length of the payload, CRC-32 of the payload, count of records, offset of the
 * frame in its file (8), id of the file (8), CRC-32 of the header so far. The id and the offset keep bytes that a
 * sender put into a record from looking like a frame.
 * Payload: count of emitters (2), each as length (2) and UTF-8; then the records, each as length (4), splice (4),
 * emitter (4), sequence (8, a double, -1 for none), record id (16), and the bytes of the draft.
 */
export const FRAME_HEADER = 36;
export const RECORD_HEADER = 36;
/** Payload of a frame stays below this, but for one record alone. */
export const MAX_PAYLOAD = 8 * 1024 * 1024;
const MAGIC = 0x31575845; // EXW1
export const FILE_ID_BYTES = 8;

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

export interface FrameHeader {
  payload: number;
  crc: number;
  count: number;
}

export function writeHeader(frame: Buffer, offset: number, fileId: Uint8Array, count: number): void {
  frame.writeUInt32LE(MAGIC, 0);
  frame.writeUInt32LE(frame.length - FRAME_HEADER, 4);
  frame.writeUInt32LE(crc32(frame.subarray(FRAME_HEADER)), 8);
  frame.writeUInt32LE(count, 12);
  frame.writeBigUInt64LE(BigInt(offset), 16);
  frame.set(fileId, 24);
  frame.writeUInt32LE(crc32(frame.subarray(0, 32)), 32);
}

/** The header at the start of some bytes; undefined where it is not one of this file and place. */
export function readHeader(bytes: Buffer, offset: number, fileId: Uint8Array): FrameHeader | undefined {
  if (bytes.length < FRAME_HEADER || bytes.readUInt32LE(0) !== MAGIC) return undefined;
  if (bytes.readUInt32LE(32) !== crc32(bytes.subarray(0, 32))) return undefined;
  if (bytes.readBigUInt64LE(16) !== BigInt(offset)) return undefined;
  if (Buffer.compare(bytes.subarray(24, 24 + FILE_ID_BYTES), fileId) !== 0) return undefined;
  return { payload: bytes.readUInt32LE(4), crc: bytes.readUInt32LE(8), count: bytes.readUInt32LE(12) };
}

/** The offsets in some bytes where the magic stands: places to look for a later frame. */
export function* magicPlaces(bytes: Buffer, from: number): Generator<number> {
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(MAGIC);
  for (let at = bytes.indexOf(magic, from); at >= 0; at = bytes.indexOf(magic, at + 1)) yield at;
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
