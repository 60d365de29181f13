import { FRAME_HEADER, writeHeader } from '../store/index.ts';
import { MAX_PAYLOAD, RECORD_HEADER } from './frame.ts';
import type { RecordText } from './types.ts';

/** A record on its way into a frame. */
export interface Draft {
  emitter: string;
  /** undefined: without a number. */
  sequence: number | undefined;
  record_id: string;
  text: RecordText;
}

/** Builds one frame after another in one buffer that grows to the largest frame and is used again. */
export class FrameBuilder {
  #buffer: Buffer = Buffer.allocUnsafe(256 * 1024);

  /**
   * Takes drafts from `from` on, as many as a frame holds.
   * @returns the frame, valid until the next call, and where the next frame begins
   */
  build(
    drafts: readonly Draft[],
    from: number,
    offset: number,
    fileId: Uint8Array,
  ): { frame: Buffer; next: number } {
    const { emitters, next } = this.#plan(drafts, from);
    let at = FRAME_HEADER;
    this.#room(at + 2);
    this.#buffer.writeUInt16LE(emitters.size, at);
    at += 2;
    for (const name of emitters.keys()) {
      this.#room(at + 2 + 3 * name.length);
      const length = this.#buffer.write(name, at + 2);
      this.#buffer.writeUInt16LE(length, at);
      at += 2 + length;
    }
    for (let i = from; i < next; i += 1) {
      const draft = drafts[i] as Draft;
      at = this.#record(at, draft, emitters.get(draft.emitter) as number);
    }
    const frame = this.#buffer.subarray(0, at);
    writeHeader(frame, offset, fileId, next - from);
    return { frame, next };
  }

  /** How many drafts go into one frame, and the emitters among them. */
  #plan(drafts: readonly Draft[], from: number): { emitters: Map<string, number>; next: number } {
    const emitters = new Map<string, number>();
    let units = 0;
    let next = from;
    for (; next < drafts.length; next += 1) {
      const { text, emitter } = drafts[next] as Draft;
      units += text.head.length + text.middle.length + text.tail.length + RECORD_HEADER;
      const full = units > MAX_PAYLOAD || (emitters.size === 65_535 && !emitters.has(emitter));
      if (full && next > from) break;
      if (!emitters.has(emitter)) emitters.set(emitter, emitters.size);
    }
    return { emitters, next };
  }

  #record(at: number, draft: Draft, emitter: number): number {
    const { head, middle, tail } = draft.text;
    const rest =
      draft.sequence === undefined ? middle + tail : `${middle}"sequence":${draft.sequence},${tail}`;
    this.#room(at + RECORD_HEADER + 3 * (head.length + rest.length));
    const buffer = this.#buffer;
    const start = at + RECORD_HEADER;
    const splice = buffer.write(head, start);
    const length = splice + buffer.write(rest, start + splice);
    buffer.writeUInt32LE(length, at);
    buffer.writeUInt32LE(splice, at + 4);
    buffer.writeUInt32LE(emitter, at + 8);
    buffer.writeDoubleLE(draft.sequence ?? -1, at + 12);
    buffer.write(draft.record_id.replaceAll('-', ''), at + 20, 16, 'hex');
    return start + length;
  }

  #room(length: number): void {
    if (length <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#buffer.length));
    this.#buffer.copy(larger);
    this.#buffer = larger;
  }
}
