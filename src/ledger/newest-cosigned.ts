import { toHex } from '../record/index.ts';
import type { ObjectStore } from '../store/index.ts';
import {
  COSIGNED_INDEX,
  cosignedPath,
  openCheckpoint,
  parseCosignedIndex,
  parseNote,
  type SignedCheckpoint,
  type VerifierKey,
} from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import { earlierRoot } from './audit-path.ts';
import { LOG } from './layout.ts';
import { ProvenLog } from './proven-log.ts';

/** More than this of the newest are not compared: a writer keeps the newest of each set of witnesses among them. */
const LOOKED_AT = 64;

/** A checkpoint that witnesses co-signed, and the log as it covers it. */
export interface Cosigned {
  text: string;
  checkpoint: SignedCheckpoint;
  log: ProvenLog;
}

/**
 * The checkpoint with the most cosignatures of different names among those that a log keeps, and of these the newest. The cosignatures are not
 * verified: who reads them has the keys. The log's own signature is, and that the log contains it.
 * @param covering index of a record that must be in it
 * @returns undefined where there is none that the key opens
 */
export async function newestCosigned(
  store: ObjectStore,
  newest: ProvenLog,
  key: VerifierKey,
  covering = -1,
): Promise<Cosigned | undefined> {
  const index = await store.get(`${LOG}/${COSIGNED_INDEX}`);
  if (index === undefined) return undefined;
  const sizes = parseCosignedIndex(index).filter((size) => size > covering && size <= newest.size);
  let best: { text: string; checkpoint: SignedCheckpoint; count: number } | undefined;
  for (const size of sizes.slice(0, LOOKED_AT)) {
    const bytes = await store.get(`${LOG}/${cosignedPath(size)}`);
    const found = bytes === undefined ? undefined : open(Buffer.from(bytes).toString(), key);
    if (found !== undefined && found.count > (best?.count ?? 0)) best = found;
  }
  if (best === undefined) return undefined;
  const { text, checkpoint } = best;
  // What the log does not contain is not shown for it.
  if (toHex(await earlierRoot(newest, checkpoint.size)) !== toHex(checkpoint.root)) return undefined;
  return { text, checkpoint, log: new ProvenLog(store, checkpoint) };
}

function open(text: string, key: VerifierKey) {
  try {
    const checkpoint = openCheckpoint(text, [key], nodeCrypto, { origin: key.name });
    const names = parseNote(text).signatures.map(({ name }) => name);
    return { text, checkpoint, count: new Set(names.filter((name) => name !== key.name)).size };
  } catch {
    // Of a key before, or damaged: `ledger verify` says which.
    return undefined;
  }
}
