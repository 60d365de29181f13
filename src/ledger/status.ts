import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ioError } from '../store/index.ts';
import { recordedAt } from './entry.ts';
import { walFolder } from './layout.ts';
import { missingNumbers, type Numbering } from './missing-numbers.ts';
import { readPublicKey } from './public-key.ts';
import { openReader } from './reader.ts';
import { type BucketFacts, bucketFacts } from './remote/facts.ts';
import { type SignerFacts, signerFacts } from './signer-facts.ts';
import type { CheckpointBody } from './types.ts';
import { type Alarm, readKnown, type WitnessStatus } from './witness/index.ts';

export interface LedgerStatus extends CheckpointBody {
  /** Id of the key that signs, 8 hexadecimal digits. */
  key: string;
  /** Where its private part is, as far as the folder says; undefined in a copy to read, and where it cannot be read. Never a secret. */
  signer: SignerFacts | undefined;
  /** recorded_at of the first and last record; undefined for an empty log. */
  recorded: { first: string; last: string } | undefined;
  /** Write-ahead logs and their bytes: an upper bound of what waits to be sealed. */
  waiting: { files: number; bytes: number };
  /** Whether every number that was handed out is in the log or waits. */
  numbering: Numbering;
  /** Where the log lies, if not in the folder alone. */
  bucket?: BucketFacts;
  /** Witnesses that were asked, with what each said last. */
  witnesses: WitnessStatus[];
  /** What witnesses know of another history of this log; those that were acknowledged too. */
  alarms: Alarm[];
}

/**
 * What a ledger folder holds, without verifying the log behind its checkpoint. Needs no lock.
 * @throws ExhibitError LEDGER_NOT_FOUND, LEDGER_KEY, CHECKPOINT_INVALID, LEDGER_CORRUPT, WAL_CORRUPT, LEDGER_IO
 */
export async function ledgerStatus(folder: string): Promise<LedgerStatus> {
  const reader = await openReader(folder);
  const checkpoint = await reader.checkpoint();
  const key = await readPublicKey(folder, reader.origin);
  const at = async (index: number) => recordedAt((await reader.entry(index)).bytes);
  const recorded =
    checkpoint.size === 0 ? undefined : { first: await at(0), last: await at(checkpoint.size - 1) };
  const numbering = await missingNumbers(reader);
  const bucket = await bucketFacts(folder);
  return {
    ...checkpoint,
    key: key.id,
    signer: await signerFacts(folder, reader.origin).catch(() => undefined),
    recorded,
    waiting: await waiting(walFolder(folder)),
    numbering,
    ...(bucket === undefined ? {} : { bucket }),
    ...readKnown(folder),
  };
}

async function waiting(directory: string): Promise<LedgerStatus['waiting']> {
  try {
    const files = await readdir(directory);
    // A file that a sealer removes meanwhile counts as empty.
    const sizes = await Promise.all(
      files.map((file) =>
        stat(join(directory, file)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    return { files: files.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  } catch (error) {
    throw ioError(error, directory);
  }
}
