import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocks, Reader } from '../../acceptance/reader.ts';
import { temporary } from '../../acceptance/workshop.ts';
import { administrator, become } from './bucket.ts';
import { type S3Server, startS3, why } from './start.ts';

const PAGE = 'docs/how-to/keep-evidence-in-s3.md';

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
        'exhibit ledger seal evidence --heartbeat',
        'exhibit ledger checkpoint evidence > checkpoint',
      ].join('\n'),
    );
    expect(before.code, before.stderr).toBe(0);
    const commands = blocks(PAGE)
      .map(({ text }) => text.trim())
      .filter((text) => text.startsWith('exhibit'));
    expect(commands).toHaveLength(3);
    // The owner of the bucket may bypass: that is what the first one finds.
    const codes = commands.map((command) => type(`${command} --path-style`));
    expect(codes.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(['1 ', '0 ', '0 ']);
    expect(
      type('exhibit store copy evidence s3://acme-evidence/prod --path-style --json | grep \'"written": 0\'')
        .code,
    ).toBe(0);
  });
});
