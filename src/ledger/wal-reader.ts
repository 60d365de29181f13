import { corrupt, readPayloads } from '../store/index.ts';
import { readPayload, type Waiting } from './frame.ts';

export interface ReadFrame {
  records: Waiting[];
  /** Offset after the frame. */
  next: number;
}

/**
 * The frames of a file that was taken from its writer, from an offset on.
 * A torn last frame ends them: it was never acknowledged, for the next frame is written after that.
 * @throws ExhibitError WAL_CORRUPT for damage in what was acknowledged; LEDGER_IO
 */
export function* readFrames(path: string, from: number): Generator<ReadFrame> {
  let offset = from;
  for (const { bytes, count, next } of readPayloads(path, from)) {
    yield { records: records(bytes, count, path, offset), next };
    offset = next;
  }
}

function records(payload: Buffer, count: number, path: string, offset: number): Waiting[] {
  try {
    return readPayload(payload, count);
  } catch {
    throw corrupt(path, offset, 'the lengths in a frame do not fit');
  }
}
