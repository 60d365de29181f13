import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { S3 } from '@aws-sdk/client-s3';
import { closeDay, type ManifestFile } from '../../../src/lake/index.ts';
// Not part of the lake's contract: a ledger with decisions for tests.
import { type Fixture, firstOfMarch, makeFixture } from '../../../src/lake/testing/fixture.ts';
import { attachLedger, openLedger } from '../../../src/ledger/index.ts';
import type { S3StoreSettings } from '../../../src/store/index.ts';
import { lockedBucket } from './bucket.ts';
import type { S3Server } from './start.ts';

const run = promisify(execFile);
const BIN = join(import.meta.dirname, '../../../src/cli/bin.ts');
const random = (length: number) => new Uint8Array(randomBytes(length));

/** A ledger with a bucket behind it and the first two days of March closed there; the third is open. */
export interface LakeBucket {
  folder: string;
  /** `s3://bucket/prod` */
  url: string;
  /** Flags that lead to the server. */
  at: string[];
  object(key: string): { Bucket: string; Key: string };
  /** Files of 1 March, as its manifest names them. */
  files: ManifestFile[];
  exhibit(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  remove(): Promise<void>;
}

export async function lakeInBucket(
  server: S3Server,
  client: S3,
  lock: NonNullable<S3StoreSettings['lock']>,
): Promise<LakeBucket> {
  const bucket = await lockedBucket(client);
  const work = await lockedBucket(client, false);
  const lake: Fixture = await makeFixture('2026-03-01T10:00:00.000Z');
  const map = await firstOfMarch(lake);
  for (const day of ['02', '03']) {
    lake.at(`2026-03-${day}T10:00:00.000Z`);
    await lake.decide(map, ['encrypted', `db${day}`, 'pass'], ['alerts', 'a', 'fail']);
  }
  await lake.ledger.close();
  const place = { endpoint: server.endpoint, region: server.region, path_style: true };
  await attachLedger(
    lake.folder,
    {
      store: { url: `s3://${bucket}/prod`, ...place, lock },
      work: { url: `s3://${work}/prod`, ...place },
      lock: { kind: 's3' },
    },
    { clock: lake.clock, random },
  );
  const ledger = await openLedger(lake.folder, { clock: lake.clock, random });
  lake.at('2026-03-04T02:00:00.000Z');
  const { files } = await closeDay(ledger, '2026-03-01', { clock: lake.clock });
  await closeDay(ledger, '2026-03-02', { clock: lake.clock });
  await ledger.close();
  return {
    folder: lake.folder,
    url: `s3://${bucket}/prod`,
    at: ['--endpoint', server.endpoint, '--region', server.region, '--path-style'],
    object: (key) => ({ Bucket: bucket, Key: `prod/${key}` }),
    files,
    exhibit: (...args) =>
      run(process.execPath, [BIN, ...args], {
        env: { ...process.env, EXHIBIT_STATE: `${lake.folder}-state`, COLUMNS: '160', NO_COLOR: '1' },
      }).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
          ...{ code, stdout, stderr },
        }),
      ),
    async remove() {
      await lake.remove();
      await rm(`${lake.folder}-state`, { recursive: true, force: true });
    },
  };
}
