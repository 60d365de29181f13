import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { folderStore } from '../store/index.ts';
import { type Checkpoint, parseVkey, readEntry, type VerifiedLog, verifyLog } from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import { readConfig } from './config.ts';
import { sha256 } from './hash.ts';
import { LOG } from './layout.ts';
import { readPublicKey } from './reader.ts';
import { poolWindow, verifyPool } from './verify-pool.ts';

export interface VerifyLedgerOptions {
  /** Checkpoints seen before: signed notes, or sizes and roots. The log must contain each of them. */
  known?: readonly (string | Checkpoint)[];
  /**
   * Verifier keys (vkey lines) that the reader has from another place. Without them the key in the folder is taken: then
   * the answer says that the folder agrees with itself, and nothing about who made it.
   */
  vkeys?: readonly string[];
  /** Threads; default: one a processor. 0: this thread alone. */
  threads?: number;
  /** Whether every entry must be a record; default true. Hashes are checked either way. */
  records?: boolean;
  /** Called with the number of records checked and the size. */
  progress?: (records: number, size: number) => void;
}

/**
 * Verifies the whole log of a folder: signature, every record, every tile, root, handovers of keys, known checkpoints.
 * Needs no lock: it checks what the checkpoint covers that it reads first.
 * @throws ExhibitError what verifyLog throws: the message and details say where
 */
export async function verifyLedger(folder: string, options: VerifyLedgerOptions = {}): Promise<VerifiedLog> {
  const { origin } = await readConfig(folder);
  const keys =
    options.vkeys === undefined
      ? [await readPublicKey(folder, origin)]
      : options.vkeys.map((vkey) => parseVkey(sha256, vkey));
  const threads = options.threads ?? availableParallelism();
  const records = options.records ?? true;
  const store = folderStore(folder);
  const pool = threads > 0 ? verifyPool(join(folder, LOG), threads, records) : undefined;
  try {
    return await verifyLog((path) => store.get(`${LOG}/${path}`), nodeCrypto, keys, {
      origin,
      ...(options.known === undefined ? {} : { known: options.known }),
      ...(records ? { readEntry } : {}),
      ...(pool === undefined ? {} : { checkBundle: pool.check, window: poolWindow(threads) }),
      ...(options.progress === undefined ? {} : { progress: options.progress }),
    });
  } finally {
    await pool?.close();
  }
}
