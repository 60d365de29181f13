import type { LedgerReader } from '../../ledger/index.ts';
import { type Digest, isDigest, isExhibitError } from '../../record/index.ts';
import { blobPath } from '../../verify/index.ts';
import type { PackWriter } from './writer.ts';

/** Most bytes of blobs of one kind, such as the documents of people; what does not fit any more is named. */
export const MOST_BLOB_BYTES = 512 * 2 ** 20;

/** Blobs of a pack by their digest, each once. One that is gone, or does not fit, is said and not made up. */
export class PackBlobs {
  readonly #reader: LedgerReader;
  readonly #writer: PackWriter;
  readonly #left_out: string[];
  readonly #seen = new Set<string>();
  readonly #used = new Map<string, number>();

  constructor(reader: LedgerReader, writer: PackWriter, left_out: string[]) {
    this.#reader = reader;
    this.#writer = writer;
    this.#left_out = left_out;
  }

  /**
   * @param what in words, for the list of what was left out; its sum of bytes is limited
   * @returns the bytes, where they are there
   */
  async add(digest: string, what: string): Promise<Uint8Array | undefined> {
    if (!isDigest(digest)) return undefined;
    const bytes = await this.#reader.blob(digest as Digest).catch((error: unknown) => {
      if (!isExhibitError(error, 'BLOB_MISSING')) throw error;
      return undefined;
    });
    if (this.#seen.has(digest)) return bytes;
    this.#seen.add(digest);
    if (bytes === undefined) {
      this.#left_out.push(`blob ${digest} (${what}): it is not in the store`);
      return undefined;
    }
    const used = (this.#used.get(what) ?? 0) + bytes.length;
    if (used > MOST_BLOB_BYTES) {
      this.#left_out.push(
        `blob ${digest} (${what}, ${bytes.length} bytes): more than ${MOST_BLOB_BYTES} bytes of them are not taken`,
      );
      return bytes;
    }
    this.#used.set(what, used);
    this.#writer.add({ path: blobPath(digest), bytes });
    return bytes;
  }
}
