import type { NamedStore } from '../store/index.ts';
import {
  type BundleRequest,
  checkBundle,
  type LogSource,
  readEntry,
  TILE_WIDTH,
  type VerifierKey,
  verifyLog,
} from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import type { Looked } from './blob-look.ts';
import { LOG } from './layout.ts';
import { type NamedAt, StoredBlobs } from './stored-blobs.ts';
import { BlobTally } from './verify-blobs.ts';
import type { VerifiedLedger, VerifyLedgerOptions } from './verify-options.ts';

/** Bundles in work at once: a store takes milliseconds to answer, and answers many at a time. */
const AT_ONCE = 16;

/** The same as for a folder, over objects of a store, in this thread. @see verifyLedger */
export async function verifyStored(
  store: NamedStore,
  origin: string,
  keys: readonly VerifierKey[],
  options: VerifyLedgerOptions,
): Promise<VerifiedLedger> {
  let note = '';
  const source: LogSource = async (path) => {
    const bytes = await store.get(`${LOG}/${path}`);
    if (path === 'checkpoint' && bytes !== undefined) note = Buffer.from(bytes).toString();
    return bytes;
  };
  const records = options.records ?? true;
  const wanted = records && options.blobs !== false;
  const blobs = new StoredBlobs(store);
  const looked = new Map<number, Looked[]>();
  const tally = new BlobTally();
  // Entries come in order, and only after their hashes were found to be those of the tile.
  const check = async (request: BundleRequest) => {
    const named: NamedAt[] = [];
    let index = request.index * TILE_WIDTH;
    const read = (bytes: Uint8Array) => {
      if (wanted) named.push(...blobs.namedBy(index, bytes));
      index += 1;
      return readEntry(bytes);
    };
    const result = await checkBundle(source, nodeCrypto.sha256, request, records ? read : undefined);
    looked.set(request.index, await blobs.look(named));
    return result;
  };
  const verified = await verifyLog(source, nodeCrypto, keys, {
    origin,
    ...(options.known === undefined ? {} : { known: options.known }),
    checkBundle: check,
    window: AT_ONCE,
    progress: (checked, size) => {
      const bundle = Math.ceil(checked / TILE_WIDTH) - 1;
      tally.add(looked.get(bundle) ?? []);
      looked.delete(bundle);
      options.progress?.(checked, size);
    },
  });
  return { ...verified, note, ...(wanted ? { blobs: tally.found } : {}) };
}
