import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { folderStore, type StoredObject } from './folder.ts';
import { s3StoreSchema } from './s3/settings.ts';
import { s3Store } from './s3/store.ts';
import type { Patience } from './s3/tries.ts';
import type { VersionStore } from './s3/version-store.ts';
import type { NamedStore, WriteOptions, Written } from './types.ts';

/** A bucket, or a folder that every machine mounts that may need it. */
export const placeSchema = z.union([
  s3StoreSchema,
  z.strictObject({
    url: z.string().regex(/^file:\/\/\/[^?#]+$/, 'expected s3://BUCKET/PREFIX or file:///FOLDER'),
  }),
]);
export type PlaceSettings = z.input<typeof placeSchema>;

/** A store that takes many objects at once. */
export interface WriteStore extends NamedStore {
  put(key: string, bytes: Uint8Array, options?: WriteOptions): Promise<Written | undefined>;
  /** Puts many. Where it throws, any of them may be there. @throws ExhibitError STORE_FAILED, LEDGER_IO */
  putAll(
    objects: Iterable<StoredObject> | AsyncIterable<StoredObject>,
    options?: WriteOptions,
  ): Promise<void>;
  /** Whether what is there cannot be replaced by a write with `ifAbsent`, whoever else writes. */
  heedsCondition(): Promise<boolean>;
  /** Versions and locks, where the place is a bucket. */
  readonly versioned: VersionStore | undefined;
  close(): void;
}

/** @throws ExhibitError CONFIG_INVALID */
export function placeStore(settings: PlaceSettings, patience: Partial<Patience> = {}): WriteStore {
  if (settings.url.startsWith('s3://')) {
    const store = s3Store(settings, { patience });
    return { ...store, versioned: store };
  }
  const store = folderStore(fileURLToPath(settings.url));
  return {
    ...store,
    name: settings.url.replace(/\/$/, ''),
    putAll: async (objects, { ifAbsent = false } = {}) => {
      if (!ifAbsent) return store.putAll(objects);
      for await (const { key, bytes } of objects) await store.put(key, bytes, { ifAbsent });
    },
    heedsCondition: async () => true,
    versioned: undefined,
    close: () => undefined,
  };
}
