import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Clock, ExhibitError } from '../record/index.ts';
import {
  eachOf,
  folderStore,
  isS3Url,
  type ListedVersion,
  type LockState,
  type ObjectStore,
  type S3StoreSettings,
  s3Store,
} from '../store/index.ts';
import { MAX_NOTE_BYTES } from '../verify/index.ts';

/** Where checkpoints are kept: a folder, or a bucket or a part of one. */
export type PlaceSetting = string | S3StoreSettings;

/** A checkpoint as it is kept. Attacker-controlled: whoever may write there can have put it there. */
export interface KeptNote {
  /** `checkpoints/1000` */
  key: string;
  size: number;
  note: string;
  /** When it was written, by the clock of the place, in milliseconds since 1970. */
  modified: number;
  version?: string;
}

export interface Kept {
  notes: KeptNote[];
  /** Keys over which a delete marker lies: their versions were read all the same. */
  hidden: string[];
}

/** A place for checkpoints. */
export interface Place {
  readonly name: string;
  readonly store: ObjectStore;
  /** Sizes of which a checkpoint is there, ascending. */
  sizes(): Promise<number[]>;
  /** All that are kept; in a bucket each version of each, so that one put over another is seen. @throws ExhibitError STORE_FAILED, CHECKPOINT_INVALID */
  kept(): Promise<Kept>;
  /** The lock of one, read on the object; undefined in a folder, and where it is gone. */
  lockOf(kept: KeptNote): Promise<LockState | undefined>;
  close(): void;
}

const FOLDER = 'checkpoints/';

export const keptKey = (size: number): string => `${FOLDER}${size}`;

/** @param cwd that folders are relative to @throws ExhibitError CONFIG_INVALID */
export function openPlace(
  setting: PlaceSetting,
  { clock, cwd = '.' }: { clock: Clock; cwd?: string },
): Place {
  if (typeof setting === 'string' && !isS3Url(setting)) return folderPlace(resolve(cwd, setting));
  return bucketPlace(typeof setting === 'string' ? { url: setting } : setting, clock);
}

function folderPlace(folder: string): Place {
  const store = folderStore(folder);
  const list = () => store.list(FOLDER);
  return {
    name: folder,
    store,
    sizes: async () => sizesOf(await list()),
    async kept() {
      const notes: KeptNote[] = [];
      for (const key of await list()) {
        if (isUnfinished(key)) continue;
        const { mtimeMs, size: length } = await stat(join(folder, key));
        notes.push(await noteOf(folder, { key, modified: mtimeMs }, length, () => store.get(key)));
      }
      return { notes, hidden: [] };
    },
    lockOf: async () => undefined,
    close: () => undefined,
  };
}

function bucketPlace(settings: S3StoreSettings, clock: Clock): Place {
  const store = s3Store(settings, { clock });
  return {
    name: store.name,
    store,
    sizes: async () => sizesOf(await store.list(FOLDER)),
    async kept() {
      // A newer version or a delete marker can be put over any lock: what was written first is found among the versions only.
      const versions: ListedVersion[] = [];
      for await (const one of store.versions(FOLDER)) versions.push(one);
      const notes: KeptNote[] = [];
      await eachOf(
        versions.filter(({ marker }) => !marker),
        async ({ key, version, modified, length }) => {
          const read = () => store.getVersion(key, version);
          notes.push(await noteOf(store.name, { key, version, modified }, length, read));
        },
      );
      const hidden = new Set(versions.filter(({ marker }) => marker).map(({ key }) => key));
      return { notes, hidden: [...hidden] };
    },
    lockOf: async ({ key, version }) =>
      version === undefined ? undefined : (await store.look(key, version))?.lock,
    close: () => store.close(),
  };
}

/** @param length that the place states, so that nothing long is read */
async function noteOf(
  place: string,
  { key, ...rest }: Pick<KeptNote, 'key' | 'modified' | 'version'>,
  length: number,
  read: () => Promise<Uint8Array | undefined>,
): Promise<KeptNote> {
  const size = sizeOf(key);
  const location = { file: `${place}/${key}` };
  const bytes = size === undefined || length > MAX_NOTE_BYTES ? undefined : await read();
  if (size === undefined || bytes === undefined || bytes.length > MAX_NOTE_BYTES)
    throw new ExhibitError('CHECKPOINT_INVALID', `${location.file} is no kept checkpoint`, { location });
  return { key, size, note: Buffer.from(bytes).toString(), ...rest };
}

/** What a writer that was stopped has left beside its place. */
const isUnfinished = (key: string): boolean => /^checkpoints\/\d+\.new-|\.tmp-/.test(key);

function sizeOf(key: string): number | undefined {
  const text = key.slice(FOLDER.length);
  return /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : undefined;
}

function sizesOf(keys: readonly string[]): number[] {
  return keys
    .map(sizeOf)
    .filter((size) => size !== undefined)
    .sort((a, b) => a - b);
}
