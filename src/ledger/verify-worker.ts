import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { toPlain } from '../record/index.ts';
import { systemCode } from '../store/index.ts';
import { type BundleRequest, checkBundle, readEntry, TILE_WIDTH } from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import { BlobLooker, type Looked } from './blob-look.ts';
import { directReader } from './direct-read.ts';
import type { WorkerAnswer, WorkerData, WorkerQuestion } from './verify-pool.ts';

/** An entry is at most so long, with two bytes of length before it (c2sp.org/tlog-tiles). */
const MOST_BUNDLE_BYTES = TILE_WIDTH * (2 + 65_535);

/** A thread that checks bundles: the pure verifier over the files of one log. */
const { log, records, blobs, direct } = workerData as WorkerData;
const looker = blobs === undefined ? undefined : new BlobLooker(blobs);

const readEntries = direct ? directReader(MOST_BUNDLE_BYTES) : readFileSync;

const source = (path: string): Uint8Array | undefined => {
  try {
    return (path.startsWith('tile/entries/') ? readEntries : readFileSync)(join(log, path));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
};

async function answer(id: number, request: BundleRequest): Promise<WorkerAnswer> {
  try {
    const looked: Looked[] = [];
    // Entries come in order, and only after their hashes were found to be those of the tile.
    let index = request.index * TILE_WIDTH;
    const read = (bytes: Uint8Array) => {
      if (looker !== undefined) looked.push(...looker.look(index, bytes));
      index += 1;
      return readEntry(bytes);
    };
    const result = await checkBundle(source, nodeCrypto.sha256, request, records ? read : undefined);
    return { id, result, looked };
  } catch (error) {
    return { id, failure: toPlain(error) };
  }
}

parentPort?.on('message', async (group: WorkerQuestion[]) => {
  const answers: WorkerAnswer[] = [];
  for (const { id, request } of group) answers.push(await answer(id, request));
  parentPort?.postMessage(answers);
});
