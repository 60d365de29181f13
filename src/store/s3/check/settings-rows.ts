import { nameOf } from '../answer.ts';
import type { Connection } from '../connection.ts';
import { look, notOk, ok } from './act.ts';
import type { Tried } from './types.ts';

/** What the settings of a bucket say; whether they hold is tried afterwards. */

export function reached(connection: Connection): Promise<Tried> {
  return look(async () => {
    await connection.ask({ right: 's3:ListBucket' }, (client, options) =>
      client.listObjectsV2({ Bucket: connection.place.bucket, MaxKeys: 1 }, options),
    );
    return ok('it can be listed');
  });
}

export function versioning(connection: Connection): Promise<Tried> {
  return look(async () => {
    const { Status } = await connection.ask({ right: 's3:GetBucketVersioning' }, (client, options) =>
      client.getBucketVersioning({ Bucket: connection.place.bucket }, options),
    );
    return Status === 'Enabled'
      ? ok('Enabled')
      : notOk(`${Status ?? 'never switched on'}: an object that is written over is gone`);
  });
}

/** The two rows about Object Lock, from one answer. */
export async function objectLock(
  connection: Connection,
): Promise<Record<'object_lock' | 'default_retention' | 'no_default_retention', Tried>> {
  let found: { enabled: boolean; rule: string | undefined } = { enabled: false, rule: undefined };
  const lock = await look(async () => {
    found = await connection.ask(
      { right: 's3:GetBucketObjectLockConfiguration' },
      async (client, options) => {
        try {
          const answer = await client.getObjectLockConfiguration(
            { Bucket: connection.place.bucket },
            options,
          );
          const { ObjectLockEnabled, Rule } = answer.ObjectLockConfiguration ?? {};
          const { Mode, Days, Years } = Rule?.DefaultRetention ?? {};
          const time = Days !== undefined ? `${Days} days` : `${Years ?? 0} years`;
          return {
            enabled: ObjectLockEnabled === 'Enabled',
            rule: Mode === undefined ? undefined : `${Mode}, ${time}`,
          };
        } catch (error) {
          if (nameOf(error) === 'ObjectLockConfigurationNotFoundError')
            return { enabled: false, rule: undefined };
          throw error;
        }
      },
    );
    return found.enabled ? ok('Enabled') : notOk('off: it is switched on when a bucket is made');
  });
  if (lock.result === 'not_known')
    return { object_lock: lock, default_retention: lock, no_default_retention: lock };
  const { rule } = found;
  return {
    object_lock: lock,
    default_retention:
      rule !== undefined
        ? ok(rule)
        : notOk('no default: an object that another tool writes here without a lock can be deleted'),
    no_default_retention:
      rule === undefined
        ? ok('no default')
        : notOk(`${rule} by default: partial tiles and checkpoints, replaced each second, pile up`),
  };
}
