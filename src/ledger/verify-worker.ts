import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { toPlain } from '../record/index.ts';
import { systemCode } from '../store/index.ts';
import { type BundleRequest, checkBundle, readEntry } from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import type { WorkerAnswer, WorkerQuestion } from './verify-pool.ts';

/** A thread that checks bundles: the pure verifier over the files of one log. */
const { log, records } = workerData as { log: string; records: boolean };

const source = (path: string): Uint8Array | undefined => {
  try {
    return readFileSync(join(log, path));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
};

async function answer(id: number, request: BundleRequest): Promise<WorkerAnswer> {
  try {
    const result = await checkBundle(source, nodeCrypto.sha256, request, records ? readEntry : undefined);
    return { id, result };
  } catch (error) {
    return { id, failure: toPlain(error) };
  }
}

parentPort?.on('message', async (group: WorkerQuestion[]) => {
  const answers: WorkerAnswer[] = [];
  for (const { id, request } of group) answers.push(await answer(id, request));
  parentPort?.postMessage(answers);
});
