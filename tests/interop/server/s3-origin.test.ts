import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// Not part of the server's contract: one kind of origin.
import { originOf } from '../../../src/server/bundles/origins/index.ts';
import { settingsSchema } from '../../../src/server/settings.ts';
import { type S3Credentials, type S3Server, startS3, why } from '../s3/start.ts';
import { openDoor } from './door.ts';
import { describeOrigin } from './origin-contract.ts';

const BUCKET = 'policies';
const KEY = 'acme/bundle.tar.gz';

let server: S3Server | undefined;
/** One server for both parts below. */
const started = async (): Promise<S3Server> => {
  server ??= await startS3();
  return server;
};
const as = ({ accessKeyId, secretAccessKey }: S3Credentials) => {
  process.env.AWS_ACCESS_KEY_ID = accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = secretAccessKey;
};
const administrator = ({ endpoint, region, credentials }: S3Server) =>
  new S3Client({ endpoint, region, credentials, forcePathStyle: true });

afterAll(() => server?.stop());

describeOrigin('S3', why, async () => {
  const s3 = await started();
  const door = await openDoor(Number(new URL(s3.endpoint).port));
  const client = administrator(s3);
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  as(s3.credentials);
  return {
    origin: {
      s3: { bucket: BUCKET, key: KEY, region: s3.region, endpoint: `http://${door.host}`, path_style: true },
    },
    place: async (bytes) =>
      void (await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: bytes }))),
    clear: async () => void (await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: KEY }))),
    shut: door.shut,
    open: door.open,
    stop: async () => {
      client.destroy();
      await door.shut();
    },
  };
});

describe.skipIf(why !== '')(`the object of a bundle${why}`, () => {
  let s3: S3Server;
  const bounds = { bytes: 1_000, signal: new AbortController().signal };
  const origin = (bucket: string, key: string) =>
    originOf(
      settingsSchema.parse({
        evidence: 'e',
        bundles: [
          {
            name: 'main',
            keys: ['k'],
            s3: { bucket, key, region: s3.region, endpoint: s3.endpoint, path_style: true },
          },
        ],
      }).bundles[0] ?? expect.fail(),
    );

  beforeAll(async () => {
    s3 = await started();
    const client = administrator(s3);
    await client.send(new CreateBucketCommand({ Bucket: 'objects' }));
    await client.send(new PutObjectCommand({ Bucket: 'objects', Key: 'one', Body: 'bytes' }));
    client.destroy();
    as(s3.credentials);
  });

  it('is not sent again while it is the same', async () => {
    const one = origin('objects', 'one');
    const found = await one.read(undefined, bounds);
    if (found === 'unchanged') return expect.fail();
    expect(found.bytes.toString()).toBe('bytes');
    expect(found.tag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(await one.read(found.tag, bounds)).toBe('unchanged');
    expect(await one.read('"another"', bounds)).toEqual(found);
    one.close();
  });

  it('that is not there, or in no bucket, is told apart from one that may not be read', async () => {
    for (const [bucket, key] of [
      ['objects', 'two'],
      ['nowhere', 'one'],
    ] as const)
      await expect(origin(bucket, key).read(undefined, bounds)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        location: { file: `s3://${bucket}/${key}` },
      });
    as(await s3.addUser('stranger'));
    await expect(origin('objects', 'one').read(undefined, bounds)).rejects.toMatchObject({
      code: 'BUNDLE_ORIGIN',
      message: expect.stringContaining('403 AccessDenied'),
      hint: expect.stringContaining('s3:GetObject on arn:aws:s3:::objects/one'),
    });
    as({ ...s3.credentials, secretAccessKey: 'wrong' });
    await expect(origin('objects', 'one').read(undefined, bounds)).rejects.toMatchObject({
      message: expect.stringContaining('403 SignatureDoesNotMatch'),
    });
  });
});
