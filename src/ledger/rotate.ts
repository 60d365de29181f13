import type { Clock, RandomBytes } from '../record/index.ts';
import { formatVkey } from '../verify/index.ts';
import { readConfig } from './config.ts';
import { finishHandover, prepareSigner } from './handover.ts';
import { logStore } from './log-store.ts';
import { Sequencer } from './sequencer.ts';
import type { OnStep } from './steps.ts';
import { lockWriter } from './writer-state.ts';

export interface RotateOptions {
  clock: Clock;
  random: RandomBytes;
  lockTimeout?: number;
  onStep?: OnStep;
  /** Where the next key is: `file:/PATH`, `awskms:KEY`, `pkcs11:URI`. Left out: a new one is made, in the folder. */
  signer?: string;
}

/**
 * Hands the log over to a new key. What waits is sealed, and a `key` record with the new vkey becomes the last record of
 * a checkpoint that the old key signs; the new key signs that checkpoint too, and every later one alone. Readers who
 * trust the old key are led to the new one by `log/handover/`. The old key is kept in `keys/`, its public part only.
 * The next key must have signed once before it is announced, and may not have signed this log before.
 * @throws ExhibitError LEDGER_BUSY, LEDGER_KEY, LEDGER_IO, LEDGER_FORK, CONFIG_INVALID, SIGNER_FAILED
 */
export async function rotateKey(
  folder: string,
  options: RotateOptions,
): Promise<{ vkey: string; size: number }> {
  const { clock, random, onStep = () => undefined } = options;
  const { origin } = await readConfig(folder);
  const store = await logStore(folder);
  const writer = await lockWriter(folder, options.lockTimeout ?? 5_000, onStep);
  const sequencer = new Sequencer({ folder, store, origin, clock, random, onStep });
  try {
    const old = await finishHandover(folder, origin, writer);
    const next = await prepareSigner(folder, old.key, random, options.signer);
    const vkey = formatVkey(next.key);
    const { size } = await sequencer.seal(writer, old, {
      announced: vkey,
      announce: (valid_from_size) => ({
        record_type: 'key',
        message: `checkpoints from size ${valid_from_size} on are signed with the key ${next.key.id}`,
        details: { vkey, valid_from_size, former: formatVkey(old.key) },
      }),
    });
    await finishHandover(folder, origin, writer);
    return { vkey, size };
  } finally {
    sequencer.forget();
    writer.close();
  }
}
