import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import { ExhibitError } from '../record/index.ts';
import { ioError } from './durable.ts';

/**
 * A frame of an append-only file: what one fdatasync put on disk. The next frame is written only after this one is on disk: a frame
 * that anything follows was acknowledged.
 *
 * Header, 36 bytes, little-endian: magic, length of the payload, CRC-32 of the payload, count of what is in it, offset of the
 * frame in its file (8), id of the file (8), CRC-32 of the header so far. The id and the offset keep bytes that a
 * sender put into a record from looking like a frame.
 */
export const FRAME_HEADER = 36;
const MAGIC = 0x31575845; // EXW1
const FILE_ID_BYTES = 8;

export interface FrameHeader {
  payload: number;
  crc: number;
  count: number;
}

export interface Payload {
  bytes: Buffer;
  count: number;
  /** Offset after the frame. */
  next: number;
}

/** What the frames of a file carry. Nobody who sends records knows the name of the file that they go to. */
export function frameFileId(name: string): Uint8Array {
  return createHash('sha256').update(name).digest().subarray(0, FILE_ID_BYTES);
}

/** @param frame whole, with room for the header before its payload */
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

/** A run of so many zero bytes is in no frame: it is a block that the system had not written when power was cut. */
const HOLE = Buffer.alloc(64);

/**
 * The payloads of a file, from an offset on. The file's name without its ending is what its frames were made for.
 * A torn last frame ends them: it was never acknowledged, for the next frame is written after that.
 * @throws ExhibitError WAL_CORRUPT for damage in what was acknowledged; LEDGER_IO
 */
export function* readPayloads(path: string, from: number): Generator<Payload> {
  const fileId = frameFileId(basename(path).replace(/\.\w+$/, ''));
  const file = openSync(path, 'r');
  try {
    const size = fstatSync(file).size;
    for (let offset = from; offset < size; ) {
      const header = readHeader(read(file, offset, Math.min(FRAME_HEADER, size - offset)), offset, fileId);
      const next = offset + FRAME_HEADER + (header?.payload ?? 0);
      if (header === undefined) {
        if (isTorn(file, offset, size, fileId)) return;
        throw corrupt(path, offset, 'the header of a frame is damaged');
      }
      // The header holds, so its length does: the frame was cut short.
      if (next > size) return;
      const bytes = read(file, offset + FRAME_HEADER, header.payload);
      if (crc32(bytes) !== header.crc) {
        if (next === size && bytes.includes(HOLE)) return;
        throw corrupt(path, offset, 'the content of a frame is damaged');
      }
      yield { bytes, count: header.count, next };
      offset = next;
    }
  } catch (error) {
    throw ioError(error, path);
  } finally {
    closeSync(file);
  }
}

/** Whether what stands at the offset is the rest of a write that was never completed. */
function isTorn(file: number, offset: number, size: number, fileId: Uint8Array): boolean {
  if (size - offset < FRAME_HEADER) return true;
  const rest = read(file, offset, size - offset);
  for (const place of magicPlaces(rest, 1)) {
    if (readHeader(rest.subarray(place), offset + place, fileId) !== undefined) return false;
  }
  return rest.includes(HOLE);
}

/** The offsets in some bytes where the magic stands: places to look for a later frame. */
function* magicPlaces(bytes: Buffer, from: number): Generator<number> {
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(MAGIC);
  for (let at = bytes.indexOf(magic, from); at >= 0; at = bytes.indexOf(magic, at + 1)) yield at;
}

function read(file: number, offset: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length; ) {
    const got = readSync(file, buffer, done, length - done, offset + done);
    if (got === 0) return buffer.subarray(0, done);
    done += got;
  }
  return buffer;
}

/** What was acknowledged cannot be read. */
export function corrupt(path: string, offset: number, why: string): ExhibitError {
  return new ExhibitError('WAL_CORRUPT', `${path}, offset ${offset}: ${why}, and it was acknowledged`, {
    location: { file: path },
    details: { offset },
    hint: 'Nothing was removed. Keep the file, and restore it from a copy or move it away to go on without it.',
  });
}
