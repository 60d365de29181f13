import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocks, Reader } from '../../acceptance/reader.ts';
import { temporary } from '../../acceptance/workshop.ts';
import { administrator, become } from './bucket.ts';
import { type S3Server, startS3, why } from './start.ts';

const PAGE = 'docs/how-to/keep-evidence-in-s3.md';
const COPY = 'exhibit store copy evidence s3://acme-evidence/prod --path-style';

describe.skipIf(why !== '')(`${PAGE}, typed with Ceph in the place of Amazon's S3${why}`, () => {
  let server: S3Server;

  beforeAll(async () => {
    server = await startS3();
    become(server.credentials);
    process.env.AWS_ENDPOINT_URL_S3 = server.endpoint;
    process.env.AWS_REGION = server.region;
    const client = administrator(server);
    const Bucket = 'acme-evidence';
    await client.createBucket({ Bucket, ObjectLockEnabledForBucket: true });
    // The one that the page sets.
    const setting = /'(\{"ObjectLockEnabled.*\})'/.exec(blocks(PAGE)[0]?.text ?? '')?.[1] ?? '';
    await client.putObjectLockConfiguration({ Bucket, ObjectLockConfiguration: JSON.parse(setting) });
    await client.createBucket({ Bucket: 'acme-work' });
    client.destroy();
  });
  afterAll(() => server.stop());

  it('each command does what the page says', () => {
    const reader = new Reader();
    const cwd = temporary('s3-page');
    const type = (script: string) => reader.type(script, cwd, { EXHIBIT_STATE: join(cwd, 'state') });
    const before = type(
      [
        'exhibit ledger init evidence --origin example.com/s3 > init',
        'cp evidence/keys/*.vkey log.vkey',
        'cp evidence/keys/signer.key signer.key',
        'exhibit ledger seal evidence --heartbeat',
        'exhibit ledger checkpoint evidence > checkpoint',
      ].join('\n'),
    );
    expect(before.code, before.stderr).toBe(0);
    // The first line of each block: the second one of standing by goes on until somebody else is silent.
    const commands = blocks(PAGE)
      .map(({ text }) => text.trim().split('\n')[0] ?? '')
      .filter((text) => text.startsWith('exhibit'));
    const codes = commands.map((command) => {
      // A folder that was attached has nothing more to copy.
      if (command.includes(' attach ')) expect(type(`${COPY} --json | grep '"written": 0'`).code).toBe(0);
      // What works on the folder alone asks it how its bucket is reached.
      const { code } = type(command.includes(' rebuild ') ? command : `${command} --path-style`);
      return `${code} ${command.split(' ').slice(1, 3).join(' ')}`;
    });
    // The owner of the bucket may bypass: that is what the first one finds. No day is closed yet.
    expect(codes).toEqual([
      '1 store check',
      '0 store copy',
      '0 ledger attach',
      '0 ledger join',
      '0 lake rebuild',
      '0 ledger verify',
      '3 lake verify',
    ]);
    const over =
      "exhibit ledger take-over standby && exhibit ledger status evidence | grep 'this one stands by'";
    expect(type(over).code).toBe(0);
  });
});
