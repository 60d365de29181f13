import type { S3 } from '@aws-sdk/client-s3';
import { closeDay } from '../../../src/lake/index.ts';
import { attachLedger, folderKeys, openLedger } from '../../../src/ledger/index.ts';
import { administrator, become, lockedBucket } from '../../interop/s3/bucket.ts';
import type { S3Server } from '../../interop/s3/start.ts';
import type { Words } from '../attack.ts';
import { DAY, lakeOf, ordinary } from './lake.ts';
import { random } from './log.ts';

let started: Promise<{ server: S3Server; client: S3 }> | undefined;

/** Ceph's S3, and who may do all in it. It is started when the first attack needs it. */
export function ceph(): Promise<{ server: S3Server; client: S3 }> {
  started ??= (async () => {
    const { startS3 } = await import('../../interop/s3/start.ts');
    const server = await startS3();
    become(server.credentials);
    process.env.AWS_REGION = server.region;
    return { server, client: administrator(server) };
  })();
  return started;
}

export async function stopCeph(): Promise<void> {
  const running = await started;
  started = undefined;
  running?.client.destroy();
  await running?.server.stop();
}

export interface Stored {
  client: S3;
  bucket: string;
  /** The folder of the writer. */
  folder: string;
  words: Words;
  /** Where an object of it is, by its key below the prefix. */
  at(key: string): { Bucket: string; Key: string };
}

/** A log of some 300 records that is written into a bucket, each object locked for 30 days, with one closed day. */
export async function stored(): Promise<Stored> {
  const { server, client } = await ceph();
  const [bucket, work] = [await lockedBucket(client), await lockedBucket(client, false)];
  const lake = await lakeOf(async (made) => {
    const map = await ordinary(made);
    const many = Array.from({ length: 300 }, (_, n) => ['encrypted', `more-${n}`, 'pass'] as const);
    await made.decide(map, ...many);
  });
  await lake.ledger.close();
  const place = { endpoint: server.endpoint, region: server.region, path_style: true };
  const url = `s3://${bucket}/prod`;
  await attachLedger(
    lake.folder,
    {
      store: { url, ...place, lock: { days: 30 } },
      work: { url: `s3://${work}/prod`, ...place },
      lock: { kind: 's3' },
    },
    { clock: lake.clock, random },
  );
  const ledger = await openLedger(lake.folder, { clock: lake.clock, random });
  lake.at('2026-03-02T01:00:00.000Z');
  await closeDay(ledger, DAY, { clock: lake.clock });
  await ledger.close();
  const [KEY = ''] = await folderKeys(lake.folder);
  return {
    ...{ client, bucket, folder: lake.folder },
    words: { BUCKET: url, ENDPOINT: server.endpoint, FOLDER: lake.folder, KEY },
    at: (key) => ({ Bucket: bucket, Key: `prod/${key}` }),
  };
}

/** The bytes of an object as they are now. */
export async function bytesOf({ client, at }: Stored, key: string): Promise<Buffer> {
  const { Body } = await client.getObject(at(key));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}
