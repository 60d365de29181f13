import { FILE_ID_BYTES } from './frame.ts';
import { sha256 } from './hash.ts';

/** Names sort in the order in which one writer wrote them; writers start with a UUIDv7, so roughly by time. */
export function walName(writer: string, generation: number): string {
  return `${writer}-${String(generation).padStart(8, '0')}`;
}

/** What the frames of a file carry. Nobody who sends records knows the name of the file that they go to. */
export function walFileId(name: string): Uint8Array {
  return sha256(new TextEncoder().encode(name)).subarray(0, FILE_ID_BYTES);
}
