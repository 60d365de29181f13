import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { REPORTS, type ReportName } from '../../../src/audit/index.ts';
import { SCOPE, type ThreeDays, threeDays } from '../../../src/cli/engagement/testing/three-days.ts';
import { packSchema, packVerifiedSchema } from '../../../src/cli/pack/schema.ts';
import { Machine } from '../../../src/cli/testing/program.ts';
import { LAKE_FOLDERS } from '../../../src/lake/index.ts';
import { copyLedger } from '../../../src/ledger/index.ts';
import { readZip } from '../../../src/verify/index.ts';
import { administrator, become, lockedBucket, storeOn } from './bucket.ts';
import { type S3Credentials, type S3Server, startS3, why } from './start.ts';

const NONCE = '4f1d6c0f5a0e4b7c9d1e';
const CONTROL = ['--control', 'soc2/cc6.1', ...SCOPE.slice(2)];
const DRAW = ['sample', ...CONTROL, '--nonce', NONCE, '--size', '2', '--census', '0'];

describe.skipIf(why !== '')(`an audit of a log that is in a bucket of Ceph alone${why}`, () => {
  let server: S3Server;
  let client: S3;
  let reader: S3Credentials;
  let days: ThreeDays;
  let id: string;
  /** Of the auditor: it has never seen the log, and holds nothing of it. */
  let auditor: Machine;

  beforeAll(async () => {
    server = await startS3();
    client = administrator(server);
    reader = await server.addUser('auditor');
    days = await threeDays();
    id = await days.open();
    writeFileSync(join(days.machine.folder, 'minutes.md'), '# Minutes\n');
    const minutes = ['manual', 'add', join(days.machine.folder, 'minutes.md'), '--control', 'soc2/cc7.2'];
    for (const args of [
      DRAW,
      ['engagement', 'request', id, 'Who approved OV-1?', '--control', 'cc6.1'],
      [...minutes, '--title', 'Minutes', '--valid-until', '2027-01-31'],
      ['query', 'waived-decisions', ...CONTROL, '--save', 'waived', '--keep-rows'],
    ]) {
      const { code, stderr } = await days.run(...args);
      if (code !== 0 && code !== 3) throw new Error(`${args[0]}: ${code} ${stderr}`);
    }
  }, 300_000);
  beforeEach(() => {
    auditor = new Machine('2026-10-11T12:00:00Z');
  });
  afterAll(async () => {
    client.destroy();
    await days.remove();
    await server.stop();
  });

  /** A bucket with the log as it is now, which the auditor may read and nobody else but the first user may write. */
  async function copied(locked = true): Promise<string> {
    const bucket = await lockedBucket(client, locked);
    become(server.credentials);
    await copyLedger(days.folder, storeOn(server, { url: `s3://${bucket}/prod` }), { folders: LAKE_FOLDERS });
    const Action = ['s3:GetObject', 's3:GetObjectVersion', 's3:ListBucket', 's3:ListBucketVersions'];
    await client.putBucketPolicy({
      Bucket: bucket,
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            ...{ Effect: 'Allow', Principal: { AWS: ['arn:aws:iam:::user/auditor'] }, Action },
            Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
          },
        ],
      }),
    });
    become(reader);
    return bucket;
  }
  const flags = (bucket: string) => [
    ...['--evidence', `s3://${bucket}/prod`, '--endpoint', server.endpoint, '--region', server.region],
    '--path-style',
  ];
  const file = (name: string) => join(auditor.folder, name);
  const versions = async (Bucket: string) =>
    ((await client.listObjectVersions({ Bucket })).Versions ?? []).map(({ Key, VersionId }) => [
      Key,
      VersionId,
    ]);
  const squeezed = (text: string) => text.replaceAll(/\s+/g, ' ');
  const firstCounts = 'prod/daily_counts/year=2026/month=10/day=01/daily_counts.parquet';

  it('gives the pack of the folder, byte for byte, writes nothing, and says that it is on no record', async () => {
    const bucket = await copied();
    const before = await versions(bucket);
    const there = await auditor.run('pack', id, ...flags(bucket), '--out', 'there.zip', '-o', 'json');
    expect(there.stderr).toBe('');
    const made = packSchema.parse(JSON.parse(there.stdout));
    expect(made.not_recorded).toContain('a bucket is only read');
    expect(made.record_id).toBeUndefined();
    const here = await days.machine.run('pack', id, '--evidence', days.folder, '--out', file('here.zip'));
    expect(here.code).toBe(there.code);
    expect(readFileSync(file('there.zip')).equals(readFileSync(file('here.zip')))).toBe(true);
    const names = readZip(readFileSync(file('there.zip'))).map(({ path }) => path);
    expect(names.filter((path) => /^(samples|lake|reports)\//.test(path)).length).toBeGreaterThan(10);
    expect(await versions(bucket)).toEqual(before);
    const shown = await auditor.run('pack', id, ...flags(bucket), '--out', 'again.zip');
    expect(squeezed(shown.stdout)).toContain('on record NOT on record: a bucket is only read');
    // Whoever holds the pack and the key needs neither bucket nor folder.
    const vkey = readFileSync(join(days.folder, 'keys', 'test.example_lake.vkey'), 'utf8').trim();
    const verified = await auditor.run('verify', 'pack', 'there.zip', '--vkey', vkey, '--json');
    expect(packVerifiedSchema.parse(JSON.parse(verified.stdout))).toMatchObject({
      samples: 1,
      lake_files: 3,
    });
  });

  it('gives each report of the folder', async () => {
    const bucket = await copied();
    const about = ['--from', '2026-10-01', '--to', '2026-10-03', '--verify'];
    const one = async (name: ReportName, by: Machine, ...place: string[]) => {
      const fixed = ['nis2', 'eu-ai-act'].includes(name) || name === 'soa';
      const args = ['report', name, ...(fixed ? [] : ['--framework', 'soc2']), ...about, ...place];
      const outs = ['-o', `json=${file('one.json')}`, '-o', `html=${file('one.html')}`];
      const { code, stderr } = await by.run(...args, ...outs);
      return {
        ...{ code, stderr },
        files: ['one.json', 'one.html'].map((name) => readFileSync(file(name), 'utf8')),
      };
    };
    const here = new Machine('2026-10-11T12:00:00Z');
    for (const name of REPORTS)
      expect(await one(name, auditor, ...flags(bucket)), name).toEqual(
        await one(name, here, '--evidence', days.folder),
      );
  }, 900_000);

  it('is asked in an engagement by DuckDB as over the folder, and each read says that it is on no record', async () => {
    const bucket = await copied();
    const json = async (by: Machine, ...args: string[]) => {
      const { stdout, stderr } = await by.run(...args, '-o', 'json');
      if (stdout === '') throw new Error(stderr);
      return { ...JSON.parse(stdout), told: squeezed(stderr) };
    };
    const there = await json(auditor, 'engagement', 'answer', id, ...flags(bucket));
    expect(there.read).toEqual({ not_recorded: expect.stringContaining('a bucket is only read') });
    const asked = ['population', '--control', 'cc6.1', '--engagement', id];
    const population = await json(auditor, ...asked, ...flags(bucket));
    expect(population.told).toContain('this read is NOT on record');
    const copy = new Machine('2026-10-11T12:00:00Z');
    const here = await json(copy, 'engagement', 'answer', id, '--evidence', days.folder);
    expect(there.controls).toEqual(here.controls);
    expect(there.files).toEqual(here.files);
    const digests = ({ questions }: { questions: { name: string; result_digest: string }[] }) =>
      questions.map(({ name, result_digest }) => [name, result_digest]);
    expect(digests(there)).toEqual(digests(here));
    const own = await json(copy, ...asked, '--evidence', days.folder);
    expect(population.population).toEqual(own.population);
  });

  it('has the draws of the folder listed and drawn again; a draw of one’s own says that nobody knows of it', async () => {
    const bucket = await copied();
    const draw = await auditor.run(...DRAW, ...flags(bucket), '-o', 'json');
    const drawn = JSON.parse(draw.stdout);
    expect(draw.code).toBe(3);
    expect(drawn.draw).toMatchObject({
      not_recorded: expect.stringContaining('a bucket is only read'),
      number: 2,
    });
    expect(drawn.draw.record_id).toBeUndefined();
    expect(drawn.proven_by).toBe('the bucket');
    const said = await auditor.run(...DRAW, ...flags(bucket));
    expect(squeezed(said.stdout)).toContain(`NOT ON RECORD: who draws until it pleases is seen by nobody`);
    expect(squeezed(said.stdout)).toContain(`--nonce ${NONCE} draws the same items`);
    const listed = await auditor.run('sample', 'list', ...CONTROL, ...flags(bucket), '-o', 'json');
    const [first, ...more] = JSON.parse(listed.stdout).draws;
    expect(more).toEqual([]);
    expect(drawn.items_digest).toBe(first.items_digest);
    const again = await auditor.run('sample', 'again', first.record_id, ...flags(bucket));
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('the same sample');
    // As the page says: the team gives the same command with the nonce.
    const recorded = await days.run(...DRAW, '-o', 'json');
    expect(JSON.parse(recorded.stdout)).toMatchObject({
      items_digest: drawn.items_digest,
      draw: { number: 2, record_id: expect.any(String) },
    });
  });

  it('reads what the manifests name where something was put over it, and says so', async () => {
    const bucket = await copied();
    await auditor.run('pack', id, ...flags(bucket), '--out', 'whole.zip');
    const hidden = firstCounts.replace('day=01', 'day=02');
    become(server.credentials);
    await client.putObject({ Bucket: bucket, Key: firstCounts, Body: Buffer.alloc(100_000, 'x') });
    await client.deleteObject({ Bucket: bucket, Key: hidden });
    become(reader);
    const made = await auditor.run('pack', id, ...flags(bucket), '--out', 'covered.zip');
    expect(readFileSync(file('covered.zip')).equals(readFileSync(file('whole.zip')))).toBe(true);
    for (const key of [firstCounts, hidden])
      expect(squeezed(made.stderr)).toMatch(
        new RegExp(`warning: ${key.slice('prod/'.length)}: version \\S+, with the bytes that the manifest`),
      );
  });

  it.each([
    ['is another of the same length', (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ 1))],
    ['is longer', (bytes: Buffer) => Buffer.concat([bytes, bytes])],
    ['is gone', () => undefined],
  ])('is not complete where a file %s and no version has what the manifest names', async (_, change) => {
    const bucket = await copied(false);
    const object = { Bucket: bucket, Key: firstCounts };
    const body = await (await client.getObject(object)).Body?.transformToByteArray();
    const changed = change(Buffer.from(body ?? []));
    if (changed === undefined) await client.deleteObject(object);
    else await client.putObject({ ...object, Body: changed });
    const { code, stdout } = await auditor.run(
      ...['pack', id, ...flags(bucket), '--out', 'part.zip', '-o', 'json'],
    );
    expect(code).toBe(3);
    const made = packSchema.parse(JSON.parse(stdout));
    expect(made.incomplete).toContain('framework-verdicts');
    expect(made.left_out.join('\n')).toMatch(
      /daily_counts.*: it (differs from its manifest|is not in the lake)/,
    );
    const vkey = readFileSync(join(days.folder, 'keys', 'test.example_lake.vkey'), 'utf8').trim();
    expect((await auditor.run('verify', 'pack', 'part.zip', '--vkey', vkey)).code).toBe(3);
  });

  it('is not read without the right to, and says which is missing', async () => {
    const bucket = await copied();
    become(await server.addUser(`nobody-${Date.now()}`));
    const { code, stderr } = await auditor.run('pack', id, ...flags(bucket), '--out', 'none.zip');
    become(reader);
    expect(code).toBe(3);
    expect(squeezed(stderr)).toContain('s3:GetObject');
    expect(() => readFileSync(file('none.zip'))).toThrow();
  });
});
