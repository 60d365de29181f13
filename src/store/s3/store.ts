import type { Clock } from '../../record/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { StoredObject } from '../folder.ts';
import { checkKey } from '../key.ts';
import type { NamedStore, WriteOptions, Written } from '../types.ts';
import { deleteVersion, hold, retain } from './change.ts';
import { heedsCondition } from './condition.ts';
import { Connection } from './connection.ts';
import { eachOf } from './each.ts';
import { look, measure } from './measure.ts';
import { put } from './put.ts';
import { read } from './read.ts';
import { type S3StoreSettings, s3Place } from './settings.ts';
import { PATIENCE, type Patience } from './tries.ts';
import type { VersionStore } from './version-store.ts';
import { versionsBelow } from './versions.ts';

/** More objects are not listed: their names would not fit into memory. */
const MOST_KEYS = 5_000_000;

/** Objects in a bucket. The same keys as in a folder. */
export interface S3Store extends NamedStore, VersionStore {
  /**
   * @returns the version that holds these bytes: to be pinned, since a newer version or a delete marker can be put over any lock
   * @throws ExhibitError STORE_FAILED; LEDGER_IO where another object is there and `ifAbsent` is set
   */
  put(key: string, bytes: Uint8Array, options?: WriteOptions): Promise<Written>;
  /** Bytes of one version. */
  getVersion(key: string, version: string): Promise<Uint8Array | undefined>;
  /**
   * Puts many, 16 at a time. Where it throws, any of them may be there.
   * @throws ExhibitError as put
   */
  putAll(
    objects: Iterable<StoredObject> | AsyncIterable<StoredObject>,
    options?: WriteOptions,
  ): Promise<void>;
  /** Whether the store heeds `If-None-Match`. Tried once. Where it does not, a second writer is seen only afterwards. */
  heedsCondition(): Promise<boolean>;
  close(): void;
}

export interface S3Options {
  clock?: Clock;
  /**
   * What becomes of bytes that differ, each time they are read, from the digest beside them. `give` is for who checks all bytes by
   * other means, and has to say what differs. Default: they are refused.
   */
  differing?: 'refuse' | 'give';
  patience?: Partial<Patience>;
}

/** @throws ExhibitError CONFIG_INVALID */
export function s3Store(settings: S3StoreSettings, options: S3Options = {}): S3Store {
  const place = s3Place(settings);
  const connection = new Connection(place, { ...PATIENCE, ...options.patience }, options.clock ?? Date.now);
  const give = options.differing === 'give';
  const keyOf = (key: string) => `${place.prefix}${checkKey(key)}`;
  let asked: Promise<boolean> | undefined;
  const heeds = (): Promise<boolean> => {
    asked ??= heedsCondition(connection);
    // A failure is not kept: the next one tries again.
    asked.catch(() => {
      asked = undefined;
    });
    return asked;
  };
  const store: S3Store = {
    name: place.name,
    get: async (key) => (await read(connection, keyOf(key), { give }))?.bytes,
    getVersion: async (key, version) => (await read(connection, keyOf(key), { version, give }))?.bytes,
    put: async (key, bytes, options = {}) => put(connection, keyOf(key), bytes, options, heeds),
    putAll: (objects, options) =>
      eachOf(objects, async ({ key, bytes }) => void (await store.put(key, bytes, options))),
    list: (prefix) => list(connection, prefix),
    look: async (key, version) => look(connection, keyOf(key), version),
    measure: async (key, options) => measure(connection, keyOf(key), options),
    versions: (prefix) => versionsBelow(connection, prefix),
    retain: async (key, version, lock) => retain(connection, { key: keyOf(key), version }, lock),
    hold: async (key, version, on) => hold(connection, { key: keyOf(key), version }, on),
    deleteVersion: async (key, version) => deleteVersion(connection, { key: keyOf(key), version }),
    async delete(key) {
      const name = keyOf(key);
      await connection.ask({ right: 's3:DeleteObject', key: name }, (client, once) =>
        client.deleteObject({ Bucket: place.bucket, Key: name }, once),
      );
    },
    heedsCondition: heeds,
    close: () => connection.close(),
  };
  return store;
}

async function list(connection: Connection, prefix: string): Promise<string[]> {
  const { bucket, prefix: root, name } = connection.place;
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await connection.ask({ right: 's3:ListBucket' }, (client, options) =>
      client.listObjectsV2(
        {
          Bucket: bucket,
          Prefix: `${root}${prefix}`,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        },
        options,
      ),
    );
    for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key.slice(root.length));
    if (keys.length > MOST_KEYS)
      throw new ExhibitError('STORE_FAILED', `${name} has more than ${MOST_KEYS} objects below ${prefix}`, {
        location: { file: name },
      });
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
  return keys.sort();
}
