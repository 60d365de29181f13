import { readConfig } from './config.ts';
import { finishHandover } from './handover.ts';
import { logStore } from './log-store.ts';
import type { RotateOptions } from './rotate.ts';
import { Sequencer } from './sequencer.ts';
import type { Sealed } from './types.ts';
import { lockWriter } from './writer-state.ts';

/**
 * Seals with a clock that is more than a year ahead of the last record, for a log that was idle so long. The log says so in a
 * `gap` record. There is no way back: no later record is older.
 * @throws ExhibitError LEDGER_BUSY, LEDGER_FORK, LEDGER_IO, WAL_CORRUPT, SIGNER_FAILED
 */
export async function acceptClock(
  folder: string,
  options: Omit<RotateOptions, 'signer'> & { heartbeat?: boolean },
): Promise<Sealed> {
  const { clock, random, heartbeat = false, onStep = () => undefined } = options;
  const { origin } = await readConfig(folder);
  const store = await logStore(folder);
  const writer = await lockWriter(folder, options.lockTimeout ?? 5_000, onStep);
  const sequencer = new Sequencer({ folder, store, origin, clock, random, onStep });
  try {
    const signer = await finishHandover(folder, origin, writer);
    return await sequencer.seal(writer, signer, { heartbeat, acceptClock: true });
  } finally {
    sequencer.forget();
    writer.close();
  }
}
