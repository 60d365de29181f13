import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import { ExhibitError } from '../record/index.ts';
import { ioError } from '../store/index.ts';
import { FRAME_HEADER, magicPlaces, readHeader, readPayload, type Waiting } from './frame.ts';
import { walFileId } from './wal-name.ts';

export interface ReadFrame {
  records: Waiting[];
  /** Offset after the frame. */
  next: number;
}

/** A run of so many zero bytes is in no frame: it is a block that the system had not written when power was cut. */
const HOLE = Buffer.alloc(64);

/**
 * The frames of a file that was taken from its writer, from an offset on.
 * A torn last frame ends them: it was never acknowledged, for the next frame is written after that.
 * @throws ExhibitError WAL_CORRUPT for damage in what was acknowledged; LEDGER_IO
 */
export function* readFrames(path: string, from: number): Generator<ReadFrame> {
  const fileId = walFileId(basename(path).replace(/\.\w+$/, ''));
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
      const payload = read(file, offset + FRAME_HEADER, header.payload);
      if (crc32(payload) !== header.crc) {
        if (next === size && payload.includes(HOLE)) return;
        throw corrupt(path, offset, 'the content of a frame is damaged');
      }
      yield { records: records(payload, header.count, path, offset), next };
      offset = next;
    }
  } catch (error) {
    throw ioError(error, path);
  } finally {
    closeSync(file);
  }
}

function records(payload: Buffer, count: number, path: string, offset: number): Waiting[] {
  try {
    return readPayload(payload, count);
  } catch {
    throw corrupt(path, offset, 'the lengths in a frame do not fit');
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

function read(file: number, offset: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length; ) {
    const got = readSync(file, buffer, done, length - done, offset + done);
    if (got === 0) return buffer.subarray(0, done);
    done += got;
  }
  return buffer;
}

function corrupt(path: string, offset: number, why: string): ExhibitError {
  return new ExhibitError('WAL_CORRUPT', `${path}, offset ${offset}: ${why}, and it was acknowledged`, {
    location: { file: path },
    details: { offset },
    hint: 'Nothing was removed. Keep the file, and restore it from a copy or move it away to go on without it.',
  });
}
