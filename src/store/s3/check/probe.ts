import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../connection.ts';
import { digestOf, head, read } from '../read.ts';
import { write } from '../write.ts';
import { attempt, type Outcome } from './act.ts';

/** An object of ours that is locked for a short time. */
export interface Probe {
  key: string;
  version: string;
  bytes: Uint8Array;
  /** Milliseconds since 1970. */
  until: number;
}

/** Long enough for the whole check on a slow store, short enough not to be in the way. */
export const PROBE_MILLISECONDS = 10 * 60_000;
/** Of the object that shows whether these credentials may delete at all. */
export const SHORT_MILLISECONDS = 4_000;
const CONTROL_TRIES = 10;

/**
 * Writes a locked object. @returns undefined where the bucket keeps no versions
 * @throws ExhibitError STORE_FAILED
 */
export async function writeProbe(
  connection: Connection,
  key: string,
  text: string,
  milliseconds = PROBE_MILLISECONDS,
): Promise<Probe | undefined> {
  const bytes = Buffer.from(text);
  const until = Math.ceil((connection.clock() + milliseconds) / 1_000) * 1_000;
  const lock = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date(until) } as const;
  const object = { key, bytes, digest: digestOf(bytes), ifAbsent: false, lock };
  const { version } = await write(connection, object, async () => undefined);
  return version === undefined ? undefined : { key, version, bytes, until };
}

/** Whether the version is there with its bytes. */
export async function stands(connection: Connection, { key, version, bytes }: Probe): Promise<boolean> {
  const found = await read(connection, key, { version });
  return found !== undefined && Buffer.compare(found.bytes, bytes) === 0;
}

export async function isThere(connection: Connection, { key, version }: Probe): Promise<boolean> {
  return (await head(connection, key, version)) !== undefined;
}

/** @param bypass whether the right to bypass GOVERNANCE is used, where there is one */
export function deleteVersion(
  connection: Connection,
  { key, version }: Pick<Probe, 'key' | 'version'>,
  bypass = false,
): Promise<Outcome<unknown>> {
  const right = bypass ? 's3:BypassGovernanceRetention' : 's3:DeleteObjectVersion';
  return attempt(connection, { right, key }, (client, options) =>
    client.deleteObject(
      {
        Bucket: connection.place.bucket,
        Key: key,
        VersionId: version,
        ...(bypass ? { BypassGovernanceRetention: true } : {}),
      },
      options,
    ),
  );
}

/**
 * Whether these credentials may delete a version whose lock has ended. Without that right each deletion is refused, and a
 * refusal says nothing about the lock.
 */
export async function mayDelete(connection: Connection, key: string): Promise<boolean> {
  const control = await writeProbe(connection, key, 'its lock ends at once\n', SHORT_MILLISECONDS);
  if (control === undefined) return false;
  await sleep(Math.max(0, control.until - connection.clock()));
  // The clock of the store may be a little behind.
  for (let tries = 0; tries < CONTROL_TRIES; tries += 1) {
    await sleep(1_000);
    if ((await deleteVersion(connection, control)).did === 'done') return true;
  }
  return false;
}
