import { ExhibitError } from '../../record/index.ts';
import type { Connection } from './connection.ts';
import { head } from './read.ts';

/** A version of an object, by its key below the bucket. */
interface At {
  key: string;
  version: string;
}

const objectOf = ({ place }: Connection, { key, version }: At) => ({
  Bucket: place.bucket,
  Key: key,
  VersionId: version,
});

/** Lengthens the lock of a version, and looks whether it shows. A shorter one the store refuses. @throws ExhibitError STORE_FAILED */
export async function retain(
  connection: Connection,
  at: At,
  { mode, until }: { mode: 'GOVERNANCE' | 'COMPLIANCE'; until: number },
): Promise<void> {
  const RetainUntilDate = new Date(Math.ceil(until / 1_000) * 1_000);
  await connection.ask({ right: 's3:PutObjectRetention', key: at.key }, (client, options) =>
    client.putObjectRetention(
      { ...objectOf(connection, at), Retention: { Mode: mode, RetainUntilDate } },
      options,
    ),
  );
  const lock = (await head(connection, at.key, at.version))?.lock;
  if ((lock?.ObjectLockRetainUntilDate?.getTime() ?? 0) < Math.floor(until / 1_000) * 1_000)
    throw notShown(connection, at, 'lock', 's3:GetObjectRetention');
}

/** Sets the legal hold of a version or takes it off, and looks whether it shows. @throws ExhibitError STORE_FAILED */
export async function hold(connection: Connection, at: At, on: boolean): Promise<void> {
  await connection.ask({ right: 's3:PutObjectLegalHold', key: at.key }, (client, options) =>
    client.putObjectLegalHold(
      { ...objectOf(connection, at), LegalHold: { Status: on ? 'ON' : 'OFF' } },
      options,
    ),
  );
  const lock = (await head(connection, at.key, at.version))?.lock;
  if ((lock?.ObjectLockLegalHoldStatus === 'ON') !== on)
    throw notShown(connection, at, 'legal hold', 's3:GetObjectLegalHold');
}

/** Deletes a version for good. No lock is bypassed: the store refuses while one is on. @throws ExhibitError STORE_FAILED */
export async function deleteVersion(connection: Connection, at: At): Promise<void> {
  await connection.ask({ right: 's3:DeleteObjectVersion', key: at.key }, (client, options) =>
    client.deleteObject(objectOf(connection, at), options),
  );
}

function notShown({ place }: Connection, { key, version }: At, what: string, right: string): ExhibitError {
  const name = `s3://${place.bucket}/${key}`;
  return new ExhibitError('STORE_FAILED', `${name}: the store took the ${what} and does not show it`, {
    location: { file: name },
    details: { version },
    hint: `Reading it needs ${right}. Ask with: exhibit store check`,
  });
}
