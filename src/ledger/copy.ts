import { ExhibitError, formatDigest, isExhibitError, toHex } from '../record/index.ts';
import { blobKey, eachOf, type FolderStore, type NamedStore, type Written } from '../store/index.ts';
import {
  COSIGNED_INDEX,
  cosignedPath,
  formatCosignedIndex,
  openCheckpoint,
  parseCosignedIndex,
  parseVkey,
} from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import { readConfig } from './config.ts';
import { sha256 } from './hash.ts';
import { folderKeys } from './keys.ts';
import { CHECKPOINT, CONFIG, currentKeyFile, HANDOVERS, LOG } from './layout.ts';
import { FolderReader } from './reader.ts';

export interface CopyOptions {
  /** More folders below that of the ledger, such as those of the lake. Their files are written once, too. */
  folders?: readonly string[];
  /** Keys of files in these folders that are left out. */
  except?: ReadonlySet<string>;
  /** Called with how many objects are done and how many there are. */
  progress?: (done: number, total: number) => void;
}

export interface Copied {
  origin: string;
  /** Of the checkpoint that the store shows now. */
  size: number;
  root: string;
  /** Objects that were written now, and their bytes. */
  written: number;
  bytes: number;
  /** Objects that were there already, with the same bytes. */
  there: number;
}

/** Passes over the folder, where a writer removes partial tiles while it is copied. */
const PASSES = 5;

/**
 * Copies a ledger from its folder to a store: log, public keys, blobs and whatever else is named; never the signing key, nor what
 * only the writer needs. The checkpoint is read first and written last: what the store shows is always covered by what it has. To do it
 * again goes on where it ended.
 * @throws ExhibitError LEDGER_FORK, LEDGER_ROLLBACK, CHECKPOINT_INVALID, LEDGER_EXISTS where the store shows another log, or a later one;
 *   BLOB_DIGEST for a damaged blob; LEDGER_IO where another object is in the place of one; STORE_FAILED
 */
export async function copyLedger(
  folder: string,
  store: NamedStore,
  options: CopyOptions = {},
): Promise<Copied> {
  const { origin } = await readConfig(folder);
  const reader = new FolderReader(folder, origin);
  // Before the checkpoint: what witnesses co-signed is of an earlier one, or of this.
  const cosigned = await cosignedOf(reader.store);
  const note = await reader.checkpointText();
  const { size, root } = await reader.checkpoint();
  await mustPrecede(reader, store);
  const copied: Copied = { origin, size, root, written: 0, bytes: 0, there: 0 };
  const count = (written: Written | undefined, bytes: Uint8Array) => {
    if (written?.fresh === false) copied.there += 1;
    else {
      copied.written += 1;
      copied.bytes += bytes.length;
    }
  };
  const done = new Set<string>();
  for (let pass = 0; ; pass += 1) {
    const keys = (await keysOf(reader.store, origin, options.folders ?? [])).filter(
      (key) => !done.has(key) && options.except?.has(key) !== true,
    );
    let gone = 0;
    await eachOf(keys, async (key) => {
      const bytes = await reader.store.get(key);
      // A partial tile goes when the full one is there; the next pass has that.
      if (bytes === undefined) gone += 1;
      else {
        mustBeWhole(key, bytes);
        count(await store.put(key, bytes, { ifAbsent: true }), bytes);
        done.add(key);
        options.progress?.(done.size, keys.length);
      }
    });
    if (gone === 0) break;
    if (pass === PASSES)
      throw new ExhibitError('LEDGER_BUSY', `${gone} files of ${folder} went while they were copied`, {
        hint: 'Give the same command again: it goes on from there.',
      });
  }
  // What may change: the key that signs, then what it signed, then what witnesses co-signed of that.
  for (const key of [currentKeyFile(origin), CHECKPOINT, ...cosigned.keys()]) {
    const bytes =
      key === CHECKPOINT ? Buffer.from(note) : (cosigned.get(key) ?? (await reader.store.get(key)));
    if (bytes === undefined)
      throw new ExhibitError('LEDGER_KEY', `${key} is not there`, { location: { file: key } });
    const shown = await store.get(key);
    const same = shown !== undefined && Buffer.compare(shown, bytes) === 0;
    // Also where it is the same: it gets the lock that is set.
    const written = await store.put(key, bytes, { ifAbsent: same });
    count(written, bytes);
  }
  return copied;
}

/** Keys of what is written once. */
async function keysOf(store: FolderStore, origin: string, folders: readonly string[]): Promise<string[]> {
  const keys = [CONFIG];
  for (const name of await store.list('keys/')) if (name.endsWith('.vkey')) keys.push(name);
  for (const folder of ['blobs', 'log/tile', HANDOVERS, ...folders])
    keys.push(...(await store.list(`${folder}/`)));
  return keys.filter((key) => key !== currentKeyFile(origin));
}

/** Checkpoints with cosignatures and, last, their index. A writer may replace them at any time, so they are read at once. */
async function cosignedOf(store: FolderStore): Promise<Map<string, Uint8Array>> {
  const index = await store.get(`${LOG}/${COSIGNED_INDEX}`);
  const found = new Map<string, Uint8Array>();
  const sizes: number[] = [];
  for (const size of index === undefined ? [] : parseCosignedIndex(index)) {
    const bytes = await store.get(`${LOG}/${cosignedPath(size)}`);
    // A newer one stands for it now; the next copy has that.
    if (bytes === undefined) continue;
    found.set(`${LOG}/${cosignedPath(size)}`, bytes);
    sizes.push(size);
  }
  if (sizes.length > 0) found.set(`${LOG}/${COSIGNED_INDEX}`, Buffer.from(formatCosignedIndex(sizes)));
  return found;
}

function mustBeWhole(key: string, bytes: Uint8Array): void {
  if (!key.startsWith('blobs/')) return;
  const digest = formatDigest(sha256(bytes));
  if (blobKey(digest) === key) return;
  throw new ExhibitError(
    'BLOB_DIGEST',
    `${key} has the digest ${digest}: it is damaged, and was not copied`,
    {
      location: { file: key },
      details: { actual: digest },
    },
  );
}

/** What a store shows must be an earlier state of the same log. */
async function mustPrecede(reader: FolderReader, store: NamedStore): Promise<void> {
  const { origin } = reader;
  const shown = await store.get(CHECKPOINT);
  const config = await readConfig(store).catch((error: unknown) => {
    if (isExhibitError(error, 'LEDGER_NOT_FOUND')) return undefined;
    throw error;
  });
  const location = { file: `${store.name}/${CHECKPOINT}` };
  if (config !== undefined && config.origin !== origin)
    throw new ExhibitError(
      'LEDGER_EXISTS',
      `${store.name} holds the ledger ${config.origin}, not ${origin}`,
      {
        location,
        hint: 'Take another prefix: one prefix holds one ledger.',
      },
    );
  if (shown === undefined) return;
  const there = openByAny(Buffer.from(shown).toString(), origin, await folderKeys(reader.folder));
  const { size } = await reader.checkpoint();
  const details = { shown: { size: there.size, root: toHex(there.root) }, size };
  if (there.size > size)
    throw new ExhibitError(
      'LEDGER_ROLLBACK',
      `${store.name} shows ${there.size} records, the folder has ${size}`,
      {
        location,
        details,
        hint: 'The folder is a restored copy, or records were taken away. Nothing was copied.',
      },
    );
  if ((await reader.rootAt(there.size)) === toHex(there.root)) return;
  throw new ExhibitError(
    'LEDGER_FORK',
    `the first ${there.size} records of the folder are not those that ${store.name} shows`,
    { location, details, hint: 'Find out which of the two is the true one. Nothing was copied.' },
  );
}

function openByAny(note: string, origin: string, vkeys: readonly string[]) {
  let last: unknown;
  for (const vkey of vkeys) {
    try {
      return openCheckpoint(note, [parseVkey(sha256, vkey)], nodeCrypto, { origin });
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
