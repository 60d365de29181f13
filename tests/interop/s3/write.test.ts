import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderKeys, openLedger, openReader } from '../../../src/ledger/index.ts';
// Not part of the ledger's contract: records for tests.
import { decision } from '../../../src/ledger/testing/records.ts';
import type { S3Store } from '../../../src/store/index.ts';
import { fsck, present, success } from '../ledger/fsck.ts';
import { administrator, become, lockedBucket, storeOn } from './bucket.ts';
import { type S3Server, startS3, why } from './start.ts';

const run = promisify(execFile);
const BIN = join(import.meta.dirname, '../../../src/cli/bin.ts');
const options = { clock: Date.now, random: (length: number) => randomBytes(length) };

describe.skipIf(why !== '')(`a log that is written in a bucket of Ceph, by the commands${why}`, () => {
  let server: S3Server;
  let client: S3;
  let gateway: Server;
  let store: S3Store;
  let root: string;
  let places: string[];
  let [bucket, work] = ['', ''];

  beforeAll(async () => {
    server = await startS3();
    client = administrator(server);
    become(server.credentials);
    root = mkdtempSync(join(tmpdir(), 'exhibit-write-'));
    bucket = await lockedBucket(client);
    work = await lockedBucket(client, false);
    store = storeOn(server, { url: `s3://${bucket}/prod` });
    const at = ['--endpoint', server.endpoint, '--region', server.region, '--path-style'];
    places = [`s3://${bucket}/prod`, '--work', `s3://${work}/prod`, '--lock-days', '1', ...at];
    // Tessera's fsck reads plain HTTP: this signs for it, and gives out what the bucket has.
    gateway = createServer(async (from, to) => {
      const bytes = await store.get(`log${from.url ?? ''}`).catch(() => undefined);
      to.writeHead(bytes === undefined ? 404 : 200).end(bytes);
    });
    await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    gateway.closeAllConnections();
    gateway.close();
    store.close();
    client.destroy();
    rmSync(root, { recursive: true });
    await server.stop();
  });

  const exhibit = (...args: string[]) =>
    run(process.execPath, [BIN, ...args], {
      cwd: root,
      env: { ...process.env, EXHIBIT_STATE: join(root, 'state'), COLUMNS: '80', NO_COLOR: '1' },
    });
  const append = async (folder: string, count: number): Promise<void> => {
    const ledger = await openLedger(join(root, folder), options);
    for (let left = count; left > 0; left -= 5_000) {
      await ledger.append(
        'ci',
        Array.from({ length: Math.min(5_000, left) }, () => decision('ci', Date.now())),
      );
      await ledger.seal();
    }
    await ledger.close();
  };
  it('begins in a folder, and goes on in another one', async () => {
    await exhibit('ledger', 'init', 'evidence', '--origin', 'example.com/bucket');
    writeFileSync(join(root, 'log.vkey'), (await folderKeys(join(root, 'evidence')))[0] ?? '');
    await append('evidence', 300);
    const attached = await exhibit('ledger', 'attach', 'evidence', ...places);
    expect(attached.stdout).toMatch(
      new RegExp(
        `writes into +s3://${bucket}/prod\\nlocked +GOVERNANCE, 1 day from when it was written\\nsize +300`,
      ),
    );
    await append('evidence', 70_000);
    // No word of locks: it does as the folder that writes.
    const joined = await exhibit(
      'ledger',
      'join',
      'standby',
      ...places.filter((flag) => flag !== '--lock-days' && flag !== '1'),
      '--signer',
      'evidence/keys/signer.key',
    );
    expect(joined.stderr).toContain('locked: GOVERNANCE, 1 day from when it was written');
    expect(joined.stderr).not.toContain('otherwise');
    const other = await exhibit('ledger', 'join', 'other', ...places.with(4, '2'));
    expect(other.stderr).toMatch(/The folder that writes now locks otherwise: GOVERNANCE,\s1 day from/);
    await append('evidence', 10);
    // The machine has seen more than the log shows: nobody loses the lock for that.
    const seen = join(root, 'state/state.json');
    const note = readFileSync(join(root, 'evidence/log/checkpoint'), 'utf8');
    const ahead = { 'example.com/bucket': note.replace(/\n\d+\n/, '\n99999\n') };
    mkdirSync(join(root, 'state'));
    writeFileSync(seen, JSON.stringify({ bundles: {}, sources: {}, checkpoints: ahead }));
    await expect(exhibit('ledger', 'take-over', 'standby')).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/LEDGER_ROLLBACK[\s\S]*has 70,?310 records/),
    });
    expect((await exhibit('ledger', 'status', 'evidence')).stdout).toMatch(/writes +this folder/);
    rmSync(seen);
    const over = await exhibit('ledger', 'take-over', 'standby');
    expect(over.stdout).toMatch(/epoch +2\nsize +70310/);
    // Who takes over locks what it writes, too.
    expect(over.stdout).toMatch(/locked from now on +GOVERNANCE, 1 day/);
    await expect(exhibit('ledger', 'seal', 'evidence', '--heartbeat')).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringContaining('LEDGER_FENCED'),
    });
    expect((await exhibit('ledger', 'status', 'evidence')).stdout).toMatch(
      new RegExp(`lies in +s3://${bucket}/prod\nlock +s3://${work}/prod/writer.lock\nwrites +another folder`),
    );
    await append('standby', 5);
    const { stdout } = await exhibit(
      'ledger',
      'verify',
      ...places.slice(0, 1),
      ...places.slice(5),
      '--vkey',
      'log.vkey',
    );
    expect(stdout).toContain('70315');
  });

  it.skipIf(!present)("is whole for Tessera's fsck (skipped without it)", async () => {
    const reader = await openReader(store);
    const { size, root: hash } = await reader.checkpoint();
    expect(size).toBe(70_315);
    const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/`;
    expect(await fsck(url, join(root, 'log.vkey'))).toContain(success(size, hash));
  });

  it('has its locks on what stays, and none on what is replaced', async () => {
    const lockOf = async (key: string) =>
      (await client.headObject({ Bucket: bucket, Key: `prod/${key}` })).ObjectLockMode ?? 'none';
    expect(await lockOf('log/tile/entries/017')).toBe('GOVERNANCE');
    expect(await lockOf('log/tile/1/000')).toBe('GOVERNANCE');
    expect(await lockOf('log/checkpoint')).toBe('none');
    const partial = (await store.list('log/tile/entries/')).filter((key) => key.includes('.p/'));
    // Those of the last tile alone; those that were outgrown are gone.
    expect([...new Set(partial.map((key) => key.replace(/\.p.*/, '')))]).toEqual(['log/tile/entries/274']);
    expect(await lockOf(partial[0] ?? '')).toBe('none');
    // Each full bundle was written once.
    const { Versions } = await client.listObjectVersions({
      Bucket: bucket,
      Prefix: 'prod/log/tile/entries/0',
    });
    const full = (Versions ?? []).filter(({ Key }) => !Key?.includes('.p/'));
    expect(full.length).toBe(new Set(full.map(({ Key }) => Key)).size);
  });

  it('leaves nothing in the working place but the lock', async () => {
    const kept = await client.listObjectsV2({ Bucket: work });
    expect(kept.Contents?.map(({ Key }) => Key).sort()).toEqual([
      'prod/exhibit-check/if-match',
      'prod/writer.lock',
    ]);
  });
});
