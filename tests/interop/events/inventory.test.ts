import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// Not part of the contract: a library for tests, and what AWS is asked.
import { libraryBundle } from '../../../src/cli/inventory/testing/library.ts';
import { checkSchema } from '../../../src/cli/report/schema.ts';
import { Machine } from '../../../src/cli/testing/program.ts';
import { CREDENTIALS, configDoor, type Moto, REGION, startMoto, why } from './moto.ts';

const PUBLIC = 'data/bucket-not-public';
const ENCRYPTED = 'data/bucket-encrypted-at-rest';

describe.skipIf(why !== '')(`the inventory of AWS Config${why}`, () => {
  let moto: Moto;
  let s3: S3Client;
  let machine: Machine;
  let door: Awaited<ReturnType<typeof configDoor>>;
  beforeAll(async () => {
    moto = await startMoto();
    door = await configDoor(moto.endpoint);
    s3 = new S3Client({
      endpoint: moto.endpoint,
      region: REGION,
      credentials: CREDENTIALS,
      forcePathStyle: true,
    });
    machine = new Machine(new Date().toISOString());
    const { bundle, key } = await libraryBundle([PUBLIC, ENCRYPTED], Math.floor(machine.now / 1_000) - 3_600);
    writeFileSync(join(machine.folder, 'bundle.tar.gz'), bundle);
    writeFileSync(join(machine.folder, 'bundle.pub.pem'), key);
    await machine.run('ledger', 'init', 'evidence');
  }, 60_000);
  afterAll(async () => {
    s3?.destroy();
    await door?.close();
    await moto?.stop();
  });

  const ask = async (...args: string[]) => {
    const ended = await machine.run(
      ...['inventory', '--aws-config', REGION, '--endpoint', door.endpoint, ...args],
      ...[
        '--bundle',
        'bundle.tar.gz',
        '--bundle-key',
        'bundle.pub.pem',
        '--evidence',
        'evidence',
        '-o',
        'json',
      ],
    );
    return { ...ended, report: () => checkSchema.parse(JSON.parse(ended.stdout)) };
  };

  it('lists, asks for items and judges them as it judges a snapshot', async () => {
    for (let i = 0; i < 120; i += 1)
      await s3.send(
        new CreateBucketCommand({
          Bucket: `shop-${String(i).padStart(3, '0')}`,
          CreateBucketConfiguration: { LocationConstraint: REGION },
        }),
      );
    await s3.send(
      new PutPublicAccessBlockCommand({
        Bucket: 'shop-007',
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      }),
    );
    await s3.send(
      new PutBucketEncryptionCommand({
        Bucket: 'shop-008',
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      }),
    );
    const { report, stderr } = await ask('--type', 'AWS::S3::Bucket');
    expect(stderr).toContain('recorded');
    const verdicts = (policy: string) =>
      new Map(
        report()
          .results.filter(({ policy_id, subject }) => policy_id === policy && subject.type === 'bucket')
          .map(({ subject, verdict }) => [subject.name, verdict]),
      );
    // Two pages of the listing: a bucket on the second one is there, too.
    expect(verdicts('bucket-not-public').size).toBe(120);
    expect(verdicts('bucket-not-public').get('shop-007')).toBe('pass');
    expect(verdicts('bucket-not-public').get('shop-119')).not.toBe('pass');
    expect(verdicts('bucket-encrypted-at-rest').size).toBe(120);
  }, 60_000);

  it('is no pass where a type cannot be listed or AWS does not answer', async () => {
    const nothing = await ask('--type', 'AWS::EC2::Volume');
    expect(nothing.report().summary.pass).toBe(0);
    await moto.stop();
    const silent = await ask('--type', 'AWS::S3::Bucket');
    expect(silent.code).toBe(3);
    expect(silent.report().results).toContainEqual(
      expect.objectContaining({
        verdict: 'not_evaluated',
        subject: expect.objectContaining({ id: `aws-config/${REGION}/AWS::S3::Bucket` }),
      }),
    );
  }, 60_000);
});
