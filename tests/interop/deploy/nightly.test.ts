import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Fixture, makeFixture } from '../../../src/lake/testing/fixture.ts';
import { BIN } from '../../acceptance/workshop.ts';
import { runTool } from '../policy/export-corpus.ts';
import { administrator } from '../s3/bucket.ts';
import { type S3Server, startS3, why as whyNoS3 } from '../s3/start.ts';
import { VARIABLES } from './evidence-store-calls.ts';
import { newWork, outputsOf, terraform, why } from './terraform.ts';

/** The day before yesterday: the script closes it, whatever hour it is. */
const DAY = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
const STORED = ['acme-evidence', 'acme-evidence-copy'];
const storeSchema = z.object({ copy_commands: z.record(z.string(), z.array(z.string())) });
const serverSchema = z.object({ nightly: z.string() });

describe.skipIf(terraform === undefined || whyNoS3 !== '')(
  `the script that the module server runs each night, on Ceph${why}${whyNoS3}`,
  () => {
    let server: S3Server;
    let client: S3;
    let lake: Fixture;
    let script: string;

    beforeAll(async () => {
      server = await startS3();
      client = administrator(server);
      lake = await makeFixture(`${DAY}T10:00:00.000Z`);
      const map = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
      await lake.decide(map, ['encrypted', 'db1', 'fail'], ['encrypted', 'db2', 'pass']);
      const { copy_commands } = storeSchema.parse(
        await outputsOf('evidence-store/modules/policy', VARIABLES),
      );
      const { nightly } = serverSchema.parse(
        await outputsOf('server/modules/settings', {
          host_names: ['evidence.example.com'],
          copy_commands,
          ledger: 'prod',
        }),
      );
      script = nightly.replaceAll('/var/lib/exhibit/evidence', lake.folder);
    });
    afterAll(async () => {
      client.destroy();
      await lake.remove();
      await server.stop();
    });

    /** @returns its exit code, and what it said */
    async function night(): Promise<{ code: number; said: string }> {
      const work = newWork();
      mkdirSync(join(work, 'bin'));
      const program = join(work, 'bin', 'exhibit');
      writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`, { mode: 0o755 });
      writeFileSync(join(work, 'nightly'), script, { mode: 0o755 });
      const env = {
        ...process.env,
        PATH: `${join(work, 'bin')}${delimiter}${process.env.PATH}`,
        EXHIBIT_STATE: join(work, 'state'),
        AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
        AWS_ENDPOINT_URL: server.endpoint,
      };
      return runTool(join(work, 'nightly'), [], { env }).then(
        ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
        ({ code, stdout, stderr }) => ({ code: Number(code), said: `${stdout}${stderr}` }),
      );
    }
    const keysOf = async (Bucket: string) =>
      ((await client.listObjectsV2({ Bucket, Prefix: 'prod/' })).Contents ?? []).map(({ Key }) => Key);

    it('fails where a bucket is not there, and has copied to the other one all the same', async () => {
      await client.createBucket({ Bucket: 'acme-evidence-copy', ObjectLockEnabledForBucket: true });
      const { code, said } = await night();
      expect(code).not.toBe(0);
      expect(said).toContain('s3://acme-evidence/prod');
      expect(await keysOf('acme-evidence-copy')).toContain('prod/log/checkpoint');
    });

    it('closes the day, and copies log and lake to both buckets, each object with its lock', async () => {
      await client.createBucket({ Bucket: 'acme-evidence', ObjectLockEnabledForBucket: true });
      const { code, said } = await night();
      expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
      const [one = [], other] = await Promise.all(STORED.map(keysOf));
      expect(one).toEqual(other);
      for (const key of ['exhibit.json', 'log/checkpoint', `manifests/${DAY}.json`])
        expect(one).toContain(`prod/${key}`);
      expect(one.filter((key) => /\/(evidence|fact)\/.*\.parquet$/.test(key ?? '')).length).toBeGreaterThan(
        1,
      );
      expect(one.filter((key) => /signer|private/.test(key ?? ''))).toEqual([]);
      for (const Key of one.filter((key) => !key?.includes('/exhibit-check/')))
        for (const Bucket of STORED) {
          const { Retention } = await client.getObjectRetention({ Bucket, Key });
          const days = (Number(Retention?.RetainUntilDate) - Date.now()) / 86_400_000;
          expect({ Key, mode: Retention?.Mode, days: Math.round(days) }).toEqual({
            Key,
            mode: 'GOVERNANCE',
            days: 365,
          });
        }
    });
  },
);
