import { formatInstant } from '../../../record/index.ts';
import type { Connection } from '../connection.ts';
import { attempt, look, notKnown, notOk, ok } from './act.ts';
import { deleteVersion, isThere, mayDelete, type Probe, stands, writeProbe } from './probe.ts';
import type { LeftOver, Tried } from './types.ts';

/** What is tried against a locked object. Each answers for itself whether the object still stands. */

export function readBack(connection: Connection, probe: Probe): Promise<Tried> {
  return look(async () =>
    (await stands(connection, probe))
      ? ok('SHA-256 is the same')
      : notOk('it is not there, or has other bytes'),
  );
}

export function lockShown(connection: Connection, probe: Probe): Promise<Tried> {
  return look(async () => {
    const { mode, until } = await retention(connection, probe);
    const text = `${mode ?? 'no lock'}${until === undefined ? '' : ` until ${formatInstant(until)}`}`;
    return mode === 'GOVERNANCE' && until === probe.until ? ok(text) : notOk(text);
  });
}

export function deleteRefused(connection: Connection, probe: Probe, control: string): Promise<Tried> {
  return look(async () => {
    const outcome = await deleteVersion(connection, probe);
    if (!(await isThere(connection, probe))) return notOk('it was deleted');
    if (outcome.did === 'done') return notKnown('the store said that it was deleted, and has it');
    if (outcome.did === 'failed') return notKnown(outcome.said);
    if (await mayDelete(connection, control))
      return ok(`refused (${outcome.said}), while a version whose lock had ended could be deleted`);
    return notKnown(
      'refused, but these credentials may delete no version at all, so it is not known whether the lock refused. Check with some that may s3:DeleteObjectVersion',
    );
  });
}

export function shortenRefused(connection: Connection, probe: Probe): Promise<Tried> {
  return look(async () => {
    const set = (until: number) =>
      attempt(connection, { right: 's3:PutObjectRetention', key: probe.key }, (client, options) =>
        client.putObjectRetention(
          {
            ...objectOf(connection, probe),
            Retention: { Mode: 'GOVERNANCE', RetainUntilDate: new Date(until) },
          },
          options,
        ),
      );
    const longer = probe.until + 60_000;
    const control = await set(longer);
    if (control.did !== 'done')
      return notKnown(
        `these credentials could not even lengthen it (${control.said}), so a refusal says nothing. Check with some that may s3:PutObjectRetention`,
      );
    probe.until = longer;
    const outcome = await set(longer - 120_000);
    const { mode, until } = await retention(connection, probe);
    if (mode !== 'GOVERNANCE' || until === undefined || until < longer) {
      probe.until = until ?? 0;
      return notOk(`it was shortened to ${until === undefined ? 'nothing' : formatInstant(until)}`);
    }
    if (outcome.did !== 'refused')
      return notKnown(outcome.did === 'done' ? 'taken, and not done' : outcome.said);
    return ok(`refused (${outcome.said}), while it could be lengthened`);
  });
}

/** @param left gets what stands in the bucket afterwards */
export function overwriteKeeps(connection: Connection, probe: Probe, left: LeftOver[]): Promise<Tried> {
  return look(async () => {
    let said = 'allowed: a new version stands over it, and its own stays below';
    const over = await look(async () => {
      const made = await writeProbe(connection, probe.key, 'written over it\n');
      if (made !== undefined) left.push(leftOf(made));
      return ok('');
    });
    if (over.result !== 'ok') said = `refused or failed: ${over.why}`;
    return (await stands(connection, probe)) ? ok(said) : notOk('the version is gone');
  });
}

export function markerKeeps(connection: Connection, probe: Probe): Promise<Tried> {
  return look(async () => {
    const { key } = probe;
    const outcome = await attempt(connection, { right: 's3:DeleteObject', key }, (client, options) =>
      client.deleteObject({ Bucket: connection.place.bucket, Key: key }, options),
    );
    if (!(await stands(connection, probe))) return notOk('the version is gone');
    if (outcome.did !== 'done')
      return outcome.did === 'refused' ? ok(`refused (${outcome.said})`) : notKnown(outcome.said);
    const { VersionId: version } = outcome.answer;
    const undone =
      version !== undefined && (await deleteVersion(connection, { key, version })).did === 'done'
        ? 'the marker was taken away again'
        : 'the marker could not be taken away and still stands';
    return ok(`allowed: it hides the object and leaves the version; ${undone}`);
  });
}

export function bypassRefused(connection: Connection, probe: Probe): Promise<Tried> {
  return look(async () => {
    const outcome = await deleteVersion(connection, probe, true);
    if (!(await isThere(connection, probe)))
      return notOk(
        'they deleted it: who has these credentials can delete evidence. Deny them s3:BypassGovernanceRetention (on Ceph it is not enough not to allow it), or lock with COMPLIANCE',
      );
    return outcome.did === 'refused'
      ? ok(`refused (${outcome.said})`)
      : notKnown(outcome.did === 'done' ? 'taken, and not done' : outcome.said);
  });
}

export function leftOf({ key, version, until }: Probe): LeftOver {
  return { key, version, locked_until: formatInstant(until) };
}

async function retention(
  connection: Connection,
  probe: Probe,
): Promise<{ mode: string | undefined; until: number | undefined }> {
  const { Retention } = await connection.ask(
    { right: 's3:GetObjectRetention', key: probe.key },
    (client, options) => client.getObjectRetention(objectOf(connection, probe), options),
  );
  // Ceph gives fractions of a second that were not asked for.
  const until = Retention?.RetainUntilDate?.getTime();
  return {
    mode: Retention?.Mode,
    until: until === undefined ? undefined : Math.floor(until / 1_000) * 1_000,
  };
}

function objectOf({ place }: Connection, { key, version }: Probe) {
  return { Bucket: place.bucket, Key: key, VersionId: version };
}
