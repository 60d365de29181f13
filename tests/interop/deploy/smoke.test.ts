import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../acceptance/workshop.ts';
import { CREDENTIALS, type Moto, REGION, startMoto, why as whyNoMoto } from '../events/moto.ts';
import { runTool, toolIsThere } from '../policy/export-corpus.ts';
import { administrator, lockedBucket } from '../s3/bucket.ts';
import { type S3Credentials, type S3Server, startS3, why as whyNoS3 } from '../s3/start.ts';

const aws = await toolIsThere('aws', ['--version']);
const noAws = aws ? '' : ' (skipped: the command line of AWS was not found)';
const reason = `${noAws}${whyNoMoto}`;

const SCRIPT = join(ROOT, 'deploy', 'aws', 'smoke.sh');
const LOCK = '{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":{"Mode":"GOVERNANCE","Days":365}}}';
const ENCRYPTED =
  '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms"},"BucketKeyEnabled":true}]}';
const PRIVATE =
  'BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true';

/** Calls that the script is to see refused. */
const TRIED: readonly ((request: IncomingMessage) => boolean)[] = [
  ({ method, url = '' }) => method === 'PUT' && /[?&](versioning|object-lock)/.test(url),
  ({ method, url = '' }) => ['PUT', 'DELETE'].includes(method ?? '') && url.includes('/log/smoke-check'),
  ({ url = '' }) => url.includes('?location'),
  ({ headers }) => /TrentService\.(UpdateAlias|DeleteImportedKey)/.test(String(headers['x-amz-target'])),
];
const EXPLAINED =
  'User: arn:aws:iam::111122223333:role/terraform is not authorized to perform this with an explicit deny in a resource-based policy';

const environment = (endpoint: string) => ({
  ...process.env,
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  AWS_DEFAULT_REGION: REGION,
  AWS_ENDPOINT_URL: endpoint,
  AWS_CONFIG_FILE: '/dev/null',
  AWS_MAX_ATTEMPTS: '1',
  EXHIBIT_SMOKE_PLAIN: endpoint,
});

async function smoke(bucket: string, env: NodeJS.ProcessEnv): Promise<{ code: number; lines: string[] }> {
  const done = await runTool('bash', [SCRIPT, bucket, 'prod', REGION], { env }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string; stderr: string }) => {
      if (error.stderr !== '') throw new Error(error.stderr);
      return error;
    },
  );
  return { code: done.code, lines: done.stdout.trim().split('\n') };
}

/** Of each line its word, and what it is about. */
const words = (lines: readonly string[]): [string, string][] =>
  lines.flatMap((line) => {
    const [, word, what] = /^(ok|NOT OK|not known) +([^:]+):/.exec(line) ?? [];
    return word === undefined || what === undefined ? [] : [[word, what]];
  });

const STATE = 'KeyMetadata.[KeyId, KeyState]';

describe.skipIf(reason !== '')(`deploy/aws/smoke.sh${reason}`, () => {
  let moto: Moto;
  let door: { endpoint: string; close(): void };
  beforeAll(async () => {
    moto = await startMoto();
    door = await refusing(moto.endpoint);
  });
  afterAll(async () => {
    door.close();
    await moto.stop();
  });

  async function call(...args: string[]): Promise<string> {
    const { stdout } = await runTool('aws', [...args, '--output', 'text'], {
      env: environment(moto.endpoint),
    });
    return stdout.trim();
  }

  /** A bucket as the module makes it, but without its policies. @returns the id of its key */
  async function bucketWithout(name: string): Promise<string> {
    const at = ['--bucket', name];
    await call(
      ...['s3api', 'create-bucket', ...at, '--object-lock-enabled-for-bucket'],
      ...['--create-bucket-configuration', `LocationConstraint=${REGION}`],
    );
    await call('s3api', 'put-object-lock-configuration', ...at, '--object-lock-configuration', LOCK);
    await call(
      ...['s3api', 'put-public-access-block', ...at, '--public-access-block-configuration', PRIVATE],
    );
    await call(
      ...['s3api', 'put-bucket-ownership-controls', ...at],
      ...['--ownership-controls', 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'],
    );
    await call(
      ...['s3api', 'put-bucket-encryption', ...at, '--server-side-encryption-configuration', ENCRYPTED],
    );
    const key = await call('kms', 'create-key', '--query', 'KeyMetadata.KeyId');
    await call('kms', 'create-alias', '--alias-name', `alias/exhibit-${name}`, '--target-key-id', key);
    await call('kms', 'enable-key-rotation', '--key-id', key);
    return key;
  }

  it('finds the refusals that AWS says are explicit ones, and what the bucket has not', async () => {
    await bucketWithout('held');
    const { code, lines } = await smoke('held', environment(door.endpoint));
    expect(words(lines)).toEqual([
      ['ok', 'versions are kept'],
      ['ok', 'Object Lock is on, by default for each object'],
      ['ok', 'nothing can become public'],
      ['NOT OK', 'its policy is not public'],
      ['ok', 'access lists are off'],
      ['ok', 'objects are encrypted with a key of KMS'],
      ['NOT OK', 'accesses are logged'],
      ['ok', 'to change versions'],
      ['ok', 'to change the default lock'],
      ['ok', 'to write without If-None-Match'],
      ['ok', 'to delete'],
      ['ok', 'to come without TLS'],
      ['ok', 'the key is rotated'],
      ['ok', 'to give the alias to another key'],
      ['ok', 'to delete the material of the key'],
      ['NOT OK', 'to read without credentials'],
    ]);
    expect(lines).toContain('ok         to delete: refused with an explicit deny in a resource-based policy');
    expect({ code, last: lines.at(-1) }).toEqual({
      code: 1,
      last: expect.stringMatching(/^3 not ok, 0 not known\./),
    });
  });

  it('does no harm to a key where nothing is refused: the alias goes to the key that it had', async () => {
    const key = await bucketWithout('bare');
    const { code, lines } = await smoke('bare', environment(moto.endpoint));
    expect(code).toBe(1);
    expect(words(lines)).toContainEqual(['NOT OK', 'to give the alias to another key']);
    const found = await call('kms', 'describe-key', '--key-id', 'alias/exhibit-bare', '--query', STATE);
    expect(found.split('\t')).toEqual([key, 'Enabled']);
  });
});

describe.skipIf(`${noAws}${whyNoS3}` !== '')(`deploy/aws/smoke.sh on Ceph${noAws}${whyNoS3}`, () => {
  let server: S3Server;
  let client: S3;
  beforeAll(async () => {
    server = await startS3();
    client = administrator(server);
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });
  const as = ({ accessKeyId, secretAccessKey }: S3Credentials) => ({
    ...environment(server.endpoint),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
  const TRIED_THERE = [
    'to change versions',
    'to change the default lock',
    'to write without If-None-Match',
    'to delete',
  ];

  it('does no harm to a bucket that refuses nothing', async () => {
    const Bucket = await lockedBucket(client);
    const lock = {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } },
    } as const;
    await client.putObjectLockConfiguration({ Bucket, ObjectLockConfiguration: lock });
    await client.putObject({ Bucket, Key: 'prod/log/checkpoint', Body: 'there' });
    const { code, lines } = await smoke(Bucket, as(server.credentials));
    expect(code).toBe(1);
    // Ceph says BadDigest without a text, and the command line ends with an error of its own.
    expect(words(lines).filter(([, what]) => TRIED_THERE.includes(what))).toEqual([
      ['NOT OK', 'to change versions'],
      ['NOT OK', 'to change the default lock'],
      ['not known', 'to write without If-None-Match'],
      ['NOT OK', 'to delete'],
    ]);
    expect((await client.getObjectLockConfiguration({ Bucket })).ObjectLockConfiguration).toMatchObject(lock);
    expect((await client.getBucketVersioning({ Bucket })).Status).toBe('Enabled');
    const { Versions = [], DeleteMarkers = [] } = await client.listObjectVersions({ Bucket });
    expect(Versions.map(({ Key }) => Key)).toEqual(['prod/log/checkpoint']);
    expect(DeleteMarkers.map(({ Key }) => Key)).toEqual(['prod/log/smoke-check']);
  });

  it('does not take the want of a right for a refusal', async () => {
    const Bucket = await lockedBucket(client);
    const { code, lines } = await smoke(Bucket, as(await server.addUser('somebody')));
    expect(code).toBe(3);
    expect(words(lines).filter(([, what]) => TRIED_THERE.includes(what))).toEqual(
      TRIED_THERE.map((what) => ['not known', what]),
    );
  });

  it('says how it is used', async () => {
    await expect(runTool('bash', [SCRIPT, 'bucket'])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('smoke.sh BUCKET PREFIX REGION'),
    });
  });
});

/** A way to moto that refuses what the script tries, with the answers that Amazon documents: moto itself evaluates no denials with conditions. */
async function refusing(endpoint: string): Promise<{ endpoint: string; close(): void }> {
  const server: Server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (TRIED.some((is) => is(request))) {
      const json = request.headers['x-amz-target'] !== undefined;
      response.writeHead(json ? 400 : 403, {
        'content-type': json ? 'application/x-amz-json-1.1' : 'application/xml',
      });
      response.end(
        json
          ? JSON.stringify({ __type: 'AccessDeniedException', message: EXPLAINED })
          : `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>${EXPLAINED}</Message></Error>`,
      );
      return;
    }
    const {
      host: _host,
      connection: _connection,
      'content-length': _length,
      expect: _expect,
      ...headers
    } = request.headers;
    const answer = await fetch(`${endpoint}${request.url}`, {
      method: request.method ?? 'GET',
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      ...(parts.length === 0 ? {} : { body: Buffer.concat(parts) }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, close: () => server.close() };
}
