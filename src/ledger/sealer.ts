import { type ExhibitError, isExhibitError } from '../record/index.ts';
import { finishHandover } from './handover.ts';
import { Sequencer, type SequencerContext } from './sequencer.ts';
import type { Sealed } from './types.ts';
import { lockWriter } from './writer-state.ts';

/** What seals for an open ledger: this thread, or another one. */
export interface Sealer {
  /** @throws ExhibitError LEDGER_BUSY, LEDGER_FORK, LEDGER_IO, WAL_CORRUPT, SIGNER_FAILED, LEDGER_KEY */
  seal(heartbeat: boolean): Promise<Sealed>;
  /** Waits for the seals that were asked for, and frees what is held. */
  close(): Promise<void>;
}

export interface SealerContext extends SequencerContext {
  /** How long to wait for another writer, milliseconds. */
  lockTimeout: number;
}

/** Seals in this thread, one seal after another. After a fatal error every later seal fails with it. */
export class LocalSealer implements Sealer {
  readonly #context: SealerContext;
  readonly #sequencer: Sequencer;
  #sealing: Promise<unknown> = Promise.resolve();
  #fatal: ExhibitError | undefined;

  constructor(context: SealerContext) {
    this.#context = context;
    this.#sequencer = new Sequencer(context);
  }

  seal(heartbeat: boolean): Promise<Sealed> {
    const sealed = this.#sealing.then(() => this.#seal(heartbeat));
    // A failed seal does not stop the next one, unless it was fatal.
    this.#sealing = sealed.catch(() => undefined);
    return sealed;
  }

  async #seal(heartbeat: boolean): Promise<Sealed> {
    if (this.#fatal !== undefined) throw this.#fatal;
    const { folder, origin, lockTimeout, onStep } = this.#context;
    const writer = await lockWriter(folder, lockTimeout, onStep);
    try {
      const signer = await finishHandover(folder, origin, writer);
      const sealed = await this.#sequencer.seal(writer, signer, { heartbeat });
      await writer.beat();
      return sealed;
    } catch (error) {
      if (isFatal(error)) this.#fatal = error;
      throw error;
    } finally {
      writer.close();
    }
  }

  async close(): Promise<void> {
    await this.#sealing;
    this.#sequencer.forget();
  }
}

/** True for what says that the folder is not to be built on. */
export function isFatal(error: unknown): error is ExhibitError {
  return ['LEDGER_FORK', 'WAL_CORRUPT', 'LEDGER_CORRUPT', 'LEDGER_ROLLBACK', 'LEDGER_FENCED'].some(
    (code) => isExhibitError(error) && error.code === code,
  );
}
