import { digestOf } from '../../../policy/index.ts';
import { type ExhibitError, isExhibitError } from '../../../record/index.ts';
import { type AttestKey, type OpenedSummary, openSummary, readEnvelope } from '../../../verify/index.ts';
import { nodeAttestCrypto } from '../../../verify/node.ts';

/** Most bytes of envelopes whose reading is kept. */
const MOST_BYTES = 64 * 1024 * 1024;
/** What a refusal that is kept counts as, besides its digest. */
const SMALL = 1_024;

type Opened = { summary: OpenedSummary } | { error: ExhibitError };

/** Opens attestations with the trusted keys. The same bytes are read and their signature checked once. */
export class Opener {
  readonly #keys: readonly AttestKey[];
  /** In the order in which they were last used. */
  readonly #known = new Map<string, { opened: Opened; bytes: number }>();
  #bytes = 0;

  constructor(keys: readonly AttestKey[]) {
    this.#keys = keys;
  }

  /**
   * @param bytes attacker-controlled
   * @throws ExhibitError ATTESTATION_INVALID
   */
  open(bytes: Uint8Array): OpenedSummary {
    const digest = digestOf(bytes);
    const kept = this.#known.get(digest);
    const opened = kept?.opened ?? this.#read(bytes);
    this.#known.delete(digest);
    const size = 'summary' in opened ? bytes.length : SMALL;
    this.#known.set(digest, { opened, bytes: size });
    if (kept === undefined) this.#grow(size);
    if ('error' in opened) throw opened.error;
    return opened.summary;
  }

  #read(bytes: Uint8Array): Opened {
    try {
      return { summary: openSummary(readEnvelope(bytes), this.#keys, nodeAttestCrypto) };
    } catch (error) {
      if (!isExhibitError(error, 'ATTESTATION_INVALID')) throw error;
      return { error };
    }
  }

  #grow(size: number): void {
    this.#bytes += size;
    for (const [digest, { bytes }] of this.#known) {
      if (this.#bytes <= MOST_BYTES || this.#known.size === 1) return;
      this.#known.delete(digest);
      this.#bytes -= bytes;
    }
  }
}
