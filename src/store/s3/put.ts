import { type Digest, ExhibitError, isExhibitError } from '../../record/index.ts';
import type { WriteOptions, Written } from '../types.ts';
import type { Connection } from './connection.ts';
import { isLocked, lockOf, longer } from './lock.ts';
import { digestOf, head, MOST_BYTES, read } from './read.ts';
import { lockAt } from './settings.ts';
import { versionsOf } from './versions.ts';
import { write } from './write.ts';

/**
 * Writes an object, or finds that it is there. A try whose answer was lost is looked up before it is made again.
 * @param key below the bucket
 * @param heeds whether the store heeds `If-None-Match`; asked only where it matters
 * @throws ExhibitError STORE_FAILED; LEDGER_IO where another object is there and `ifAbsent` is set
 */
export async function put(
  connection: Connection,
  key: string,
  bytes: Uint8Array,
  { ifAbsent = false, fresh = false, locked = true }: WriteOptions,
  heeds: () => Promise<boolean>,
): Promise<Written> {
  const location = { file: `s3://${connection.place.bucket}/${key}` };
  if (bytes.length > MOST_BYTES)
    throw new ExhibitError('STORE_FAILED', `${location.file}: an object has at most ${MOST_BYTES} bytes`, {
      location,
    });
  const digest = digestOf(bytes);
  const found = () => same(connection, key, bytes, digest);
  const withLock = async (version: string | undefined) =>
    locked ? await lockToo(connection, key, version) : { version };
  const conditional = ifAbsent && (await heeds());
  if (ifAbsent && !(fresh && conditional)) {
    const there = await found();
    if (there === 'other') throw other(location.file);
    if (there !== undefined) return { ...(await withLock(there.version)), checksum: digest, fresh: false };
  }
  let wrote: { version: string | undefined };
  try {
    const object = { key, bytes, digest, ifAbsent: conditional, ...(locked ? {} : { lock: {} }) };
    wrote = await write(connection, object, async () => {
      const there = await found();
      return there === 'other' ? undefined : there;
    });
  } catch (error) {
    // Another writer was faster, or a try of this one whose answer was lost.
    if (!(conditional && isExhibitError(error) && error.details.status === 412)) throw error;
    const there = await found();
    if (there === undefined || there === 'other') throw other(location.file);
    wrote = there;
  }
  if (ifAbsent && !conditional) await mustBeFirst(connection, key, bytes, digest, wrote.version);
  // A store that has shown the lock of one object takes those of the others, too; each is looked at where it may have been there before.
  const trusted = fresh && connection.locks;
  const { version } = trusted ? wrote : await withLock(wrote.version);
  connection.locks ||= locked && connection.place.lock !== undefined;
  return { version, checksum: digest, fresh: true };
}

/**
 * Whether an object is there with these bytes. Only what the store itself computed counts, else the bytes are read: who may
 * write could have put anything beside them.
 */
async function same(
  connection: Connection,
  key: string,
  bytes: Uint8Array,
  digest: Digest,
  version?: string,
): Promise<{ version: string | undefined } | 'other' | undefined> {
  const there = await head(connection, key, version);
  if (there === undefined) return undefined;
  if (there.length !== bytes.length) return 'other';
  if (there.computed !== undefined) return there.computed === digest ? { version: there.version } : 'other';
  const stored = await read(connection, key, { version: there.version, check: false });
  return stored !== undefined && Buffer.compare(stored.bytes, bytes) === 0
    ? { version: there.version }
    : 'other';
}

/**
 * On a store without conditional writes, two writers may both find nothing and both write. Each looks at all versions after it has
 * written, so at least the later one sees the other.
 */
async function mustBeFirst(
  connection: Connection,
  key: string,
  bytes: Uint8Array,
  digest: Digest,
  own: string | undefined,
): Promise<void> {
  for (const { version, marker } of await versionsOf(connection, key)) {
    if (marker || version === own) continue;
    if ((await same(connection, key, bytes, digest, version)) !== 'other') continue;
    const name = `s3://${connection.place.bucket}/${key}`;
    throw new ExhibitError(
      'LEDGER_IO',
      `${name}: another object was written there, too, as version ${version}`,
      {
        location: { file: name },
        details: { version, own },
        hint: 'This store does not refuse a second writer (If-None-Match), so it can only be seen afterwards. Both versions stay: find out who else writes.',
      },
    );
  }
}

/** Gives an object that was found without its lock the one that is set. A longer one stays. @throws ExhibitError STORE_FAILED */
async function lockToo(
  connection: Connection,
  key: string,
  version: string | undefined,
): Promise<{ version: string | undefined }> {
  const { place, clock } = connection;
  const lock = lockAt(place, key);
  if (lock === undefined) return { version };
  const there = await head(connection, key, version);
  if (there !== undefined && isLocked(there, lock)) return { version };
  const object = { Bucket: place.bucket, Key: key, ...(version === undefined ? {} : { VersionId: version }) };
  const RetainUntilDate = longer(lockOf(lock, clock()), there?.lock);
  await connection.ask({ right: 's3:PutObjectRetention', key }, (client, options) =>
    client.putObjectRetention({ ...object, Retention: { Mode: lock.mode, RetainUntilDate } }, options),
  );
  if (lock.legal_hold)
    await connection.ask({ right: 's3:PutObjectLegalHold', key }, (client, options) =>
      client.putObjectLegalHold({ ...object, LegalHold: { Status: 'ON' } }, options),
    );
  const after = await head(connection, key, version);
  if (after !== undefined && isLocked(after, lock)) return { version };
  const name = `s3://${place.bucket}/${key}`;
  throw new ExhibitError('STORE_FAILED', `${name}: the store took the lock and does not show it`, {
    location: { file: name },
    hint: 'Reading a lock needs s3:GetObjectRetention and s3:GetObjectLegalHold. Ask with: exhibit store check',
  });
}

function other(name: string): ExhibitError {
  return new ExhibitError('LEDGER_IO', `${name}: another object is there already`, {
    location: { file: name },
    hint: 'An object that was written once is not replaced.',
  });
}
