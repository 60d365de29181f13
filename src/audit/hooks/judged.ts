import type { LedgerReader } from '../../ledger/index.ts';
import { type EvidenceRecord, isDigest, parseRecord } from '../../record/index.ts';
import { jsonAt } from '../json-at.ts';

/** What hooks said of a file: it passed in a run that let the commit pass, only in runs that did not, or no hook judged it. */
export type HookState = 'passed' | 'refused' | 'none';

type Reader = Pick<LedgerReader, 'checkpoint' | 'entries' | 'blob'>;

const MARK = '"layer":"pre-commit"';

/**
 * What hooks judged, by the SHA-256 of the bytes of files, as the run records of a log say. It keeps what it has read, so that a later
 * look reads only what came since.
 */
export class JudgedByHooks {
  readonly #passed = new Set<string>();
  readonly #refused = new Set<string>();
  #size = 0;
  #looking: Promise<void> | undefined;

  /**
   * Reads the log up to its checkpoint. Callers at the same time share one reading.
   * @throws ExhibitError what reading the log throws; BLOB_DIGEST for the list of a run. A list that is not there says nothing of any file.
   */
  look(reader: Reader): Promise<void> {
    this.#looking ??= this.#look(reader).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** @param digest `sha256:` and hex */
  stateOf(digest: string): HookState {
    if (this.#passed.has(digest)) return 'passed';
    return this.#refused.has(digest) ? 'refused' : 'none';
  }

  async #look(reader: Reader): Promise<void> {
    const { size } = await reader.checkpoint();
    for await (const { index, bytes } of reader.entries(this.#size, size)) {
      // Most records are none of a hook; to read each as JSON would take long.
      if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(MARK))
        await this.#take(bytes, reader);
      // A reading that ends early begins again where it ended.
      this.#size = index + 1;
    }
  }

  async #take(bytes: Uint8Array, reader: Reader): Promise<void> {
    const record = parseRecord(bytes);
    if (record.record_type !== 'run' || record.layer !== 'pre-commit') return;
    if (record.details?.simulated === true) return;
    const into = record.details?.exit_code === 0 ? this.#passed : this.#refused;
    for (const digest of await inputsOf(record, reader)) into.add(digest);
  }
}

async function inputsOf({ details }: EvidenceRecord, reader: Reader): Promise<string[]> {
  const { inputs, inputs_ref: ref } = details ?? {};
  const list: unknown = typeof ref === 'string' && isDigest(ref) ? await jsonAt(reader, ref) : inputs;
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
}
