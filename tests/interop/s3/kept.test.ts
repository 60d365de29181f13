import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Machine } from '../../../src/cli/testing/program.ts';
import { Authority } from '../../../src/verify/testing/authority.ts';
import { administrator, become, lockedBucket } from './bucket.ts';
import { type S3Server, startS3, why } from './start.ts';

const ORIGIN = 'example.com/kept';

// The bucket is of another user than the one that would have the evidence: what Amazon calls another account.
describe.skipIf(why !== '')(`checkpoints kept in a locked bucket of somebody else, on Ceph${why}`, () => {
  let server: S3Server;
  let client: S3;
  let Bucket: string;
  const machine = new Machine(new Date().toISOString());
  const flat = (text: string) => text.replaceAll(/\s+/g, ' ');
  const grow = async (times: number) => {
    for (let i = 0; i < times; i += 1) await machine.run('ledger', 'seal', 'evidence', '--heartbeat');
  };
  const keep = (bucket = Bucket) =>
    machine.run('ledger', 'keep-checkpoint', 'evidence', `s3://${bucket}/prod`, '--path-style');
  const verify = async (bucket = Bucket, name = 'evidence', ...more: string[]) => {
    const env = machine.env.EXHIBIT_STATE;
    machine.env.EXHIBIT_STATE = join(machine.folder, `stranger-${Math.random()}`);
    const ended = await machine.run(
      ...['ledger', 'verify', name, '--against', `s3://${bucket}/prod`, '--path-style', ...more],
    );
    machine.env.EXHIBIT_STATE = env;
    return ended;
  };

  beforeAll(async () => {
    server = await startS3();
    const second = await server.addUser('second');
    client = administrator({ ...server, credentials: second });
    become(second);
    process.env.AWS_ENDPOINT_URL_S3 = server.endpoint;
    process.env.AWS_REGION = server.region;
    Bucket = await lockedBucket(client);
    await client.putObjectLockConfiguration({
      Bucket,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } },
      },
    });
    await machine.run('ledger', 'init', 'evidence', '--origin', ORIGIN);
    await grow(2);
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });

  it('reaches the level, with the lock read on the object', async () => {
    expect(flat((await keep()).stdout)).toContain('checkpoint of 2 records kept');
    await grow(1);
    expect((await keep()).code).toBe(0);
    await grow(1);
    const found = await verify();
    expect(found.code).toBe(0);
    expect(flat(found.stdout)).toMatch(
      /locked in a second place \(GOVERNANCE until \S+; that it is another account is what you say\): the first 3 records agree with 2 kept in s3:/,
    );
    expect((await verify(Bucket, 'evidence', '--max-age', '1h')).code).toBe(0);
  });

  it('is not locked where the bucket does not lock, and where the days are over', async () => {
    const open = await lockedBucket(client, false);
    expect((await keep(open)).code).toBe(0);
    const found = await verify(open);
    expect(found.code).toBe(0);
    expect(flat(found.stdout)).toContain('which is not known to be locked');
    const { now } = machine;
    machine.now = now + 31 * 86_400_000;
    const later = await verify();
    machine.now = now;
    expect(flat(later.stdout)).toContain('which is not known to be locked');
  });

  it('sees a checkpoint that somebody put over a kept one, and one that was hidden', async () => {
    // The forger has the key of the log, and may write in the bucket: another log of the same name and key.
    const { rewriteLog, changed } = await import('../../../src/anchors/testing/rewrite.ts');
    const { readSigner } = await import('../../../src/ledger/signer.ts');
    const evidence = join(machine.folder, 'evidence');
    const signer = await readSigner(evidence, ORIGIN);
    const forged = join(machine.folder, 'forged');
    await rewriteLog(evidence, forged, signer, ([first, ...rest]) => [
      changed(first, 'no records were waiting', 'nothing was wrong'),
      ...rest,
    ]);
    const found = await verify(Bucket, 'forged');
    expect(found.code).toBe(1);
    expect(flat(found.stdout)).toContain(`where: s3://${Bucket}/prod/checkpoints/2`);
    // It puts its own checkpoints over the kept ones: a lock does not hold that off.
    for (const size of [2, 3]) {
      const cut = join(machine.folder, `forged-${size}`);
      await rewriteLog(forged, cut, signer, (entries) => entries.slice(0, size));
      const { readFileSync } = await import('node:fs');
      await client.putObject({
        Bucket,
        Key: `prod/checkpoints/${size}`,
        Body: readFileSync(join(cut, 'log', 'checkpoint')),
      });
    }
    const over = await verify(Bucket, 'forged');
    expect(over.code).toBe(1);
    expect(flat(over.stdout)).toContain(`where: s3://${Bucket}/prod/checkpoints/2`);
    // The true log shows it, too: two histories were signed.
    const honest = await verify();
    expect(honest.code).toBe(1);
    expect(honest.stdout).toContain('LEDGER_FORK');
  });

  it('reads what lies below a delete marker, and says that it does', async () => {
    const other = await lockedBucket(client);
    expect((await keep(other)).code).toBe(0);
    await client.deleteObject({ Bucket: other, Key: 'prod/checkpoints/4' });
    const found = await verify(other);
    expect(found.code).toBe(1);
    expect(flat(found.stdout)).toContain('agree with 1 kept in');
    expect(flat(found.stdout)).toContain(`s3://${other}/prod/checkpoints/4 was hidden by a delete marker`);
  });

  it('has its time stamps in a copy of the ledger, too', async () => {
    const tsa = new Authority('ec');
    const url = await tsa.listen();
    writeFileSync(join(machine.folder, 'tsa.pem'), tsa.root);
    machine.now = Date.now();
    expect((await machine.run('ledger', 'timestamp', 'evidence', '--tsa', url)).code).toBe(0);
    await tsa.close();
    const copy = `s3://${await lockedBucket(client)}/copy`;
    expect((await machine.run('store', 'copy', 'evidence', copy, '--path-style')).code).toBe(0);
    const found = await machine.run('ledger', 'verify', copy, '--tsa-root', 'tsa.pem', '--path-style');
    expect(found.code).toBe(0);
    expect(flat(found.stdout)).toContain('time-stamped: the first 4 records, not the 1 after them');
  });

  it('cannot tell where the bucket may not be read', async () => {
    become(server.credentials);
    const found = await verify();
    expect(found.code).toBe(3);
    expect(found.stderr).toContain('STORE_FAILED');
  });
});
