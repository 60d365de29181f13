import { randomBytes } from 'node:crypto';
import type { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check } from '../../../src/cli/store/check.ts';
import { storeCheckSchema } from '../../../src/cli/store/schema.ts';
import type { Purpose } from '../../../src/store/index.ts';
import { administrator, become, lockedBucket } from './bucket.ts';
import { type S3Credentials, type S3Server, startS3, why } from './start.ts';

describe.skipIf(why !== '')(`exhibit store check on Ceph${why}`, () => {
  let server: S3Server;
  let client: S3;
  let writer: S3Credentials;

  beforeAll(async () => {
    server = await startS3();
    client = administrator(server);
    writer = await server.addUser('writer');
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });

  const run = async (bucket: string, output: 'table' | 'json', purpose: Purpose = 'copy') => {
    let written = '';
    const sink = {
      isTTY: false,
      columns: 80,
      write: (text: string) => {
        written += text;
      },
    };
    const code = await check(
      `s3://${bucket}/prod`,
      { endpoint: server.endpoint, region: server.region, pathStyle: true, output, for: purpose },
      {
        env: {},
        cwd: '/',
        clock: Date.now,
        random: (length) => new Uint8Array(randomBytes(length)),
        stdout: sink,
        stderr: { ...sink, write: () => undefined },
      },
    );
    return { code, written };
  };
  const report = async (bucket: string, credentials: S3Credentials, purpose?: Purpose) => {
    become(credentials);
    const { code, written } = await run(bucket, 'json', purpose);
    const { rows, left, exit_code } = storeCheckSchema.parse(JSON.parse(written));
    expect(exit_code).toBe(code);
    const of = (result: string) => rows.filter((row) => row.result === result).map((row) => row.expectation);
    const reason = (name: string) => rows.find(({ expectation }) => expectation === name)?.why;
    return { code, left, ok: of('ok'), notOk: of('not_ok'), notKnown: of('not_known'), reason };
  };
  const withDefault = async () => {
    const Bucket = await lockedBucket(client);
    await client.putObjectLockConfiguration({
      Bucket,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } },
      },
    });
    return Bucket;
  };
  const allow = (Bucket: string, Action: readonly string[], bypass = false) =>
    client.putBucketPolicy({
      Bucket,
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: ['arn:aws:iam:::user/writer'] },
            Action,
            Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
          },
          ...(bypass ? [] : [DENY(Bucket)]),
        ],
      }),
    });
  const DENY = (Bucket: string) => ({
    Effect: 'Deny',
    Principal: { AWS: ['arn:aws:iam:::user/writer'] },
    Action: ['s3:BypassGovernanceRetention'],
    Resource: [`arn:aws:s3:::${Bucket}/*`],
  });
  const LOOK = [
    's3:ListBucket',
    's3:ListBucketVersions',
    's3:GetBucketVersioning',
    's3:GetBucketObjectLockConfiguration',
    's3:GetObject',
    's3:GetObjectVersion',
    's3:GetObjectRetention',
    's3:PutObject',
    's3:PutObjectRetention',
  ];

  it('a bucket that holds, with credentials that cannot bypass', async () => {
    const bucket = await withDefault();
    await allow(bucket, [...LOOK, 's3:DeleteObject', 's3:DeleteObjectVersion']);
    const found = await report(bucket, writer);
    expect(found).toMatchObject({ code: 0, notOk: ['second_writer_refused'], notKnown: [] });
    expect(found.reason('default_retention')).toBe('GOVERNANCE, 30 days');
    expect(found.reason('delete_refused')).toContain('while a version whose lock had ended could be deleted');
    expect(found.reason('shorten_refused')).toContain('while it could be lengthened');
    expect(found.reason('overwrite_keeps')).toContain('allowed: a new version');
    expect(found.reason('marker_keeps')).toContain('the marker was taken away again');
    // What is said to be left is what is there, beside the object of the condition.
    const { Versions, DeleteMarkers } = await client.listObjectVersions({ Bucket: bucket });
    const there = Versions?.map(({ VersionId }) => VersionId).sort();
    const condition = Versions?.filter(({ Key }) => Key === 'prod/exhibit-check/if-none-match') ?? [];
    expect(condition).toHaveLength(2);
    expect(
      [...found.left.map(({ version }) => version), ...condition.map(({ VersionId }) => VersionId)].sort(),
    ).toEqual(there);
    expect(DeleteMarkers ?? []).toEqual([]);
  });

  it('its owner can bypass, and that is not ok', async () => {
    const found = await report(await withDefault(), server.credentials);
    expect(found).toMatchObject({
      code: 1,
      notOk: ['bypass_refused', 'second_writer_refused'],
      notKnown: [],
    });
    expect(found.reason('bypass_refused')).toContain('can delete evidence');
    const attached = await report(await withDefault(), server.credentials, 'attach');
    expect(attached.notOk).toContain('no_default_retention');
    expect(attached.reason('no_default_retention')).toContain('GOVERNANCE, 30 days by default');
  });

  it('on Ceph, who may delete can bypass where nobody denies it', async () => {
    const bucket = await withDefault();
    await allow(bucket, [...LOOK, 's3:DeleteObject', 's3:DeleteObjectVersion'], true);
    expect(await report(bucket, writer)).toMatchObject({
      code: 1,
      notOk: ['bypass_refused', 'second_writer_refused'],
    });
  });

  it('who may delete nothing at all has not shown that the lock refuses', async () => {
    const bucket = await withDefault();
    await allow(bucket, LOOK);
    const found = await report(bucket, writer);
    expect(found).toMatchObject({ code: 3, notKnown: ['delete_refused', 'hold_holds'] });
    expect(found.reason('marker_keeps')).toContain('refused');
  });

  it('no default is not ok', async () => {
    const bucket = await lockedBucket(client);
    await allow(bucket, [...LOOK, 's3:DeleteObject', 's3:DeleteObjectVersion']);
    expect(await report(bucket, writer)).toMatchObject({
      code: 1,
      notOk: ['default_retention', 'second_writer_refused'],
      notKnown: [],
    });
    // A log that is written into it replaces partial tiles all the time: for that it has to be so.
    const attached = await report(bucket, writer, 'attach');
    expect(attached).toMatchObject({ code: 0, notOk: ['second_writer_refused'], notKnown: [] });
    expect(attached.ok).toContain('no_default_retention');
  });

  it('a bucket without lock and versions: what cannot be tried is not claimed', async () => {
    const found = await report(await lockedBucket(client, false), server.credentials);
    expect(found).toMatchObject({
      code: 1,
      // Without versions Ceph heeds the header.
      ok: ['reached', 'second_writer_refused'],
      notOk: ['versioning', 'object_lock', 'default_retention'],
      left: [],
    });
    expect(found.reason('written')).toContain('takes no lock');
    expect(found.reason('delete_refused')).toBe('not tried: no locked object could be written');
  });

  it('a bucket that is not there, or of somebody else, is not known', async () => {
    expect(await report('nowhere-at-all', server.credentials)).toMatchObject({ code: 3, ok: [], notOk: [] });
    expect(await report(await lockedBucket(client), writer)).toMatchObject({ code: 3, ok: [], notOk: [] });
  });

  it('is read by people, too', async () => {
    become(server.credentials);
    const { code, written } = await run(await withDefault(), 'table');
    expect(code).toBe(1);
    expect(written).toMatch(/^ok {2,}the bucket answers {2,}it can be listed$/m);
    expect(written).toMatch(/^NOT OK {2,}these credentials cannot bypass the lock/m);
    expect(written).toMatch(/^NOT OK \(not required\) {2,}a second writer is refused/m);
    expect(written).toMatch(/^left: prod\/exhibit-check\/[0-9a-f]{16}, version \S+, locked until 20/m);
  });
});
