import { cpSync } from 'node:fs';
import { CC61, CC72 } from '../../../src/lake/testing/fixture.ts';
import type { Answer, Attack, Family } from '../attack.ts';
import { done } from '../stage/ask.ts';
import { bytesOf, type Stored, stopCeph, stored } from '../stage/bucket.ts';
import { closeLakes } from '../stage/lake.ts';
import { checkpointOf } from '../stage/log.ts';
import { file, place, swap } from '../stage/tools.ts';

let whole: Promise<Stored> | undefined;
const made = () => {
  whole ??= stored();
  return whole;
};

const AT = '--endpoint ENDPOINT --path-style';
const LOG = `exhibit ledger verify BUCKET ${AT} --vkey KEY`;
const LAKE = `exhibit lake verify BUCKET ${AT}`;
const sees = (command: string, ...says: string[]): Answer => ({ command, exit: 1, says });
const ENTRIES = 'log/tile/entries/000';

const administrator = (
  fields: Pick<Attack, 'id' | 'attack' | 'does' | 'seen' | 'remains'> & Partial<Attack>,
  change: (store: Stored) => Promise<unknown>,
): Attack => ({
  opponent: 'storage administrator',
  ...fields,
  async perform() {
    const [store, honest] = [await stored(), await made()];
    const KEPT = file('checkpoint', await checkpointOf(store.folder));
    await change(store);
    return {
      attacked: { ...store.words, KEPT },
      honest: { ...honest.words, KEPT: file('checkpoint', await checkpointOf(honest.folder)) },
    };
  },
});

export const bucket: Family = {
  name: 'bucket',
  title: 'A log and a lake in a bucket',
  async close() {
    await closeLakes();
    await stopCeph();
  },
  attacks: [
    administrator(
      {
        id: '12a',
        attack: 'put a new version over a locked object of the log',
        does: 'writes a changed bundle of entries over the locked one, which the lock allows',
        seen: [sees(LOG, 'LEDGER_CORRUPT', 'record 2 ')],
        remains:
          'The version below is whole, and stays until its lock ends. Who may bypass GOVERNANCE can delete it: 14a.',
      },
      async (store) =>
        store.client.putObject({
          ...store.at(ENTRIES),
          Body: swap(await bytesOf(store, ENTRIES), '"verdict":"pass"', '"verdict":"fail"'),
        }),
    ),
    administrator(
      {
        id: '12b',
        attack: 'put a delete marker over a locked object of the log',
        does: 'deletes a tile of hashes without naming its version, which the lock allows',
        seen: [sees(LOG, 'LEDGER_CORRUPT', 'tile/0/000 is missing')],
        remains: 'The version below is whole: who may see versions finds it.',
      },
      ({ client, at }) => client.deleteObject(at('log/tile/0/000')),
    ),
    administrator(
      {
        id: '12c',
        attack: 'put a new version over a locked file of the lake',
        does: 'writes over the file of a control; the log is left alone',
        blind: [{ command: LOG, exit: 0, says: ['not witnessed'] }],
        seen: [sees(LAKE, 'overwritten', CC61)],
        remains: 'Queries of another engine read the newest version: compare before you ask.',
      },
      ({ client, at }) => client.putObject({ ...at(CC61), Body: 'nothing failed' }),
    ),
    administrator(
      {
        id: '12d',
        attack: 'put a delete marker over a locked file of the lake',
        does: 'deletes the file of a control without naming its version',
        seen: [sees(LAKE, 'hidden', CC61)],
        remains: 'As 12c.',
      },
      ({ client, at }) => client.deleteObject(at(CC61)),
    ),
    {
      id: '12e',
      opponent: 'storage administrator',
      attack: 'take back the newest records of a log in a bucket',
      does: 'puts an earlier checkpoint over the newest; all tiles that it needs are there',
      blind: [{ command: LOG, exit: 0, says: ['not witnessed'] }],
      seen: [sees(`${LOG} --known KEPT`, 'LEDGER_ROLLBACK')],
      remains: 'As 2a: without a checkpoint that somebody else has, it is not seen.',
      async perform() {
        const [store, honest] = [await stored(), await made()];
        const early = await checkpointOf(store.folder);
        await done('exhibit ledger seal FOLDER --heartbeat', store.words);
        const KEPT = file('checkpoint', await checkpointOf(store.folder));
        await store.client.putObject({ ...store.at('log/checkpoint'), Body: early });
        return {
          attacked: { ...store.words, KEPT },
          honest: { ...honest.words, KEPT: file('checkpoint', await checkpointOf(honest.folder)) },
        };
      },
    },
    {
      id: '5c',
      attack: 'go on with a log in a bucket from a second copy of its folder',
      opponent: 'insider',
      does: 'copies the folder with its key to another machine, and seals there after the true writer has gone on',
      seen: [
        {
          command: 'exhibit ledger seal COPY --heartbeat',
          exit: 3,
          says: ['LEDGER_FENCED', 'is behind the lock'],
        },
      ],
      remains:
        'Where the copy seals first, the true folder is the one that is told, and has to take over again. Who has the key and may write to the bucket needs no writer of ours: 3 and 5 are what shows it then.',
      async perform() {
        const store = await stored();
        const COPY = place('second');
        cpSync(store.folder, COPY, { recursive: true });
        await done('exhibit ledger seal FOLDER --heartbeat', store.words);
        return { attacked: { ...store.words, COPY }, honest: { ...store.words, COPY: store.folder } };
      },
    },
    administrator(
      {
        id: '13a',
        attack: 'shorten the lock of a file',
        does: 'bypasses GOVERNANCE, and lets the lock of one file end tomorrow',
        seen: [sees(LAKE, 'lock:', CC72)],
        remains:
          'Locks of all files of a framework that were shortened alike: what is compared is one with another. COMPLIANCE cannot be shortened.',
      },
      async ({ client, at }) => {
        const { VersionId } = await client.headObject(at(CC72));
        await client.putObjectRetention({
          ...at(CC72),
          VersionId,
          BypassGovernanceRetention: true,
          Retention: { Mode: 'GOVERNANCE', RetainUntilDate: new Date(Date.now() + 86_400_000) },
        });
      },
    ),
    {
      id: '13b',
      attack: 'take away the lock of what will be written',
      opponent: 'storage administrator',
      does: 'takes the default retention off the bucket',
      seen: [
        {
          command: `exhibit store check BUCKET ${AT}`,
          exit: 1,
          honest: 1,
          says: ['NOT OK  what is written without a lock is locked, too'],
        },
      ],
      remains:
        'A default that is shortened and not taken away is shown, with its days, and not judged: nobody has said how many are right. A writer that sets a lock on each object (`--lock-days`) does not need it.',
      async perform() {
        const [store, honest] = [await stored(), await stored()];
        const retention = (Bucket: string, days: number | undefined) =>
          store.client.putObjectLockConfiguration({
            Bucket,
            ObjectLockConfiguration: {
              ObjectLockEnabled: 'Enabled',
              ...(days === undefined
                ? {}
                : { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: days } } }),
            },
          });
        await retention(honest.bucket, 30);
        await retention(store.bucket, 30);
        await retention(store.bucket, undefined);
        return { attacked: store.words, honest: honest.words };
      },
    },
    {
      id: '14a',
      attack: 'delete all of it',
      opponent: 'storage administrator',
      does: 'bypasses GOVERNANCE, and deletes every version in the bucket',
      seen: [{ command: LOG, exit: 2, says: ['LEDGER_NOT_FOUND'] }],
      holds: [{ command: 'exhibit ledger verify SECOND --vkey KEY', exit: 0, says: ['every number'] }],
      remains:
        'Without a second place all is gone: a copy in another account, which the same people cannot delete, is what is left. Keys of an encrypted bucket that are destroyed do the same; this is not tried here.',
      async perform() {
        const [store, honest] = [await stored(), await made()];
        const SECOND = place('second');
        cpSync(store.folder, SECOND, { recursive: true });
        const { client, bucket: Bucket } = store;
        for (;;) {
          const { Versions = [], DeleteMarkers = [] } = await client.listObjectVersions({ Bucket });
          const all = [...Versions, ...DeleteMarkers];
          if (all.length === 0) break;
          for (const { Key, VersionId } of all)
            await client.deleteObject({ Bucket, Key, VersionId, BypassGovernanceRetention: true });
        }
        return { attacked: { ...store.words, SECOND }, honest: honest.words };
      },
    },
  ],
};
