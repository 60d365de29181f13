import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { folderStore, type NamedStore, type ObjectStore } from '../store/index.ts';
import {
  entriesPath,
  parseVkey,
  readEntry,
  TILE_WIDTH,
  type VerifierKey,
  verifyLog,
} from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import { readConfig } from './config.ts';
import { sha256 } from './hash.ts';
import { LOG } from './layout.ts';
import { readPublicKey } from './public-key.ts';
import { openReader } from './reader.ts';
import { BlobTally, verifyBlobs } from './verify-blobs.ts';
import type { VerifiedLedger, VerifyLedgerOptions } from './verify-options.ts';
import { poolWindow, verifyPool } from './verify-pool.ts';
import { verifyStored } from './verify-stored.ts';

/** A thread weighs about 70 MB. Two a processor: one computes while the other waits for the disk. */
const MOST_THREADS = 8;
/** To start a thread costs as much as checking so many records: a short log is checked without any. */
const RECORDS_OF_THREAD = 4_096;

/**
 * Verifies the whole log of a folder, or of a store that holds a copy of one: signature, every record, every tile, root, handovers of keys, known checkpoints.
 * Needs no lock: it checks what the checkpoint covers that it reads first.
 * @throws ExhibitError what verifyLog throws: the message and details say where
 */
export async function verifyLedger(
  place: string | NamedStore,
  options: VerifyLedgerOptions = {},
): Promise<VerifiedLedger> {
  const { origin } = await readConfig(place);
  const keys =
    options.vkeys === undefined
      ? [await readPublicKey(place, origin)]
      : options.vkeys.map((vkey) => parseVkey(sha256, vkey));
  const all = [...keys, ...(options.witnesses ?? [])];
  return typeof place === 'string'
    ? verifyFolder(place, origin, all, options)
    : verifyStored(place, origin, all, options);
}

async function verifyFolder(
  folder: string,
  origin: string,
  keys: readonly VerifierKey[],
  options: VerifyLedgerOptions,
): Promise<VerifiedLedger> {
  const store = folderStore(folder);
  const threads = options.threads ?? threadsFor(await toldSize(store));
  const records = options.records ?? true;
  const wanted = options.blobs !== false;
  // The threads that read the entries look at the blobs on the way: reading all twice would take two to three times as long.
  const onTheWay = wanted && records && threads > 0;
  const direct = threads > 0 && (options.direct ?? (await entryBytes(store)) > totalmem() / 4);
  const work = { log: join(folder, LOG), records, direct, ...(onTheWay ? { blobs: folder } : {}) };
  const pool = threads > 0 ? verifyPool(threads, work) : undefined;
  const tally = new BlobTally();
  const progress = (checked: number, size: number) => {
    if (pool !== undefined) tally.add(pool.looked(Math.ceil(checked / TILE_WIDTH) - 1));
    options.progress?.(checked, size);
  };
  try {
    let note = '';
    const source = async (path: string) => {
      const bytes = await store.get(`${LOG}/${path}`);
      if (path === 'checkpoint' && bytes !== undefined) note = Buffer.from(bytes).toString();
      return bytes;
    };
    const verified = await verifyLog(source, nodeCrypto, keys, {
      origin,
      ...(options.known === undefined ? {} : { known: options.known }),
      ...(records ? { readEntry } : {}),
      ...(pool === undefined ? {} : { checkBundle: pool.check, window: poolWindow(threads) }),
      progress,
    });
    if (!wanted) return { ...verified, note };
    if (onTheWay) return { ...verified, note, blobs: tally.found };
    const reader = await openReader(folder);
    const blobs = await verifyBlobs(reader, verified.checkpoint.size, options.blobProgress);
    await reader.close();
    return { ...verified, note, blobs };
  } finally {
    await pool?.close();
  }
}

const threadsFor = (size: number): number =>
  Math.min(2 * availableParallelism(), MOST_THREADS, Math.floor(size / RECORDS_OF_THREAD));

/** About how many bytes the entries have. */
async function entryBytes(store: ObjectStore): Promise<number> {
  const size = await toldSize(store);
  const first = size >= TILE_WIDTH ? await store.get(`${LOG}/${entriesPath(0)}`) : undefined;
  return ((first?.length ?? 0) * size) / TILE_WIDTH;
}

/** How many records the folder says that it has: it decides how they are read, and nothing else. 0 where it does not say. */
async function toldSize(store: ObjectStore): Promise<number> {
  const checkpoint = await store.get(`${LOG}/checkpoint`);
  const size = Number(
    Buffer.from(checkpoint ?? [])
      .toString('latin1')
      .split('\n')[1],
  );
  return Number.isSafeInteger(size) && size > 0 ? size : 0;
}
