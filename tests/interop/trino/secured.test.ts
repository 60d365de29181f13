import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// Not part of the lake's contract: a ledger with decisions for tests.
import { type Fixture, firstOfMarch, makeFixture } from '../../../src/lake/testing/fixture.ts';
import { until } from '../policy/registry.ts';
import { missing as noOpenssl } from '../server/openssl.ts';
import { type Door, PASSWORD, USER } from './door.ts';
import { startTrino, type Trino, why } from './server.ts';

const run = promisify(execFile);
const BIN = join(import.meta.dirname, '../../../src/cli/bin.ts');
const missing = noOpenssl ? `${why} (skipped: no openssl found)` : why;

interface Said {
  code: number;
  rows: unknown;
  stderr: string;
}

// What is asked reads no file, so no bucket is needed: only who may ask, and whether the server is the right one.
describe.skipIf(missing !== '')(`a Trino with TLS and passwords${missing}`, () => {
  let lake: Fixture;
  let trino: Trino;
  let door: Door;
  beforeAll(async () => {
    lake = await makeFixture('2026-03-01T10:00:00.000Z');
    await firstOfMarch(lake);
    await lake.ledger.close();
    // Nobody asks this server for an object.
    const nowhere = { endpoint: 'http://127.0.0.1:1', region: 'us-east-1' };
    trino = await startTrino(
      { ...nowhere, credentials: { accessKeyId: 'none', secretAccessKey: 'none' } },
      { withDoor: true },
    );
    if (trino.door === undefined) throw new Error('no door');
    door = trino.door;
  }, 400_000);
  afterAll(async () => {
    await trino?.stop();
    await lake?.remove();
  });

  /** The program itself, as somebody runs it: an authority is known to a process from its start. */
  async function ask(env: Record<string, string>, server = door.url, user = USER): Promise<Said> {
    const sql = 'SELECT count(*) AS n FROM policy_version';
    const args = ['query', '--engine', 'trino', '--server', server, '--user', user, '--sql', sql];
    const where = [
      '--evidence',
      lake.folder,
      '--location',
      's3://nobody/prod',
      '--check',
      'size',
      '--output',
      'json',
    ];
    const result = await run(process.execPath, [BIN, ...args, ...where], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_EXTRA_CA_CERTS: door.authority, ...env },
    }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    const { code, stdout, stderr } = result;
    const rows = stdout === '' ? undefined : (JSON.parse(stdout) as { rows: unknown }).rows;
    // Lines are wrapped for whoever reads them.
    return { code, rows, stderr: stderr.replaceAll(/\s+/g, ' ') };
  }
  /** 3: could not answer. An answer about an open day has this code too, but rows. */
  const refused = async (said: Promise<Said>, why: string[], exit = 3) => {
    const { code, rows, stderr } = await said;
    expect([code, rows]).toEqual([exit, undefined]);
    for (const text of why) expect(stderr).toContain(text);
    expect(stderr).not.toContain(PASSWORD);
  };
  const now = () => Math.floor(Date.now() / 1_000);

  it('answers to the password, with signs beyond ASCII in it', async () => {
    // The day is open: the answer says so, and is not complete.
    expect(await ask({ EXHIBIT_TRINO_PASSWORD: PASSWORD })).toMatchObject({ code: 3, rows: [[1]] });
  });

  it('refuses another password, and none', async () => {
    const wrong = ask({ EXHIBIT_TRINO_PASSWORD: 'hunter3' });
    await refused(wrong, ['401', `does not take this password or token of ${USER}`]);
    await refused(ask({}), ['401', 'It wants --user with EXHIBIT_TRINO_PASSWORD']);
  });

  it('answers to a token, and refuses one that is over, another’s or signed by another key', async () => {
    const [fresh, sub] = [now() + 3_600, USER];
    const token = { EXHIBIT_TRINO_TOKEN: door.token({ sub, exp: fresh }) };
    expect(await ask(token)).toMatchObject({ code: 3, rows: [[1]] });
    await refused(ask({ EXHIBIT_TRINO_TOKEN: door.token({ sub, exp: now() - 3_600 }) }), ['401']);
    await refused(ask({ EXHIBIT_TRINO_TOKEN: door.token({ sub, exp: fresh }, randomBytes(32)) }), ['401']);
    await refused(ask(token, door.url, 'somebody'), [`User ${USER} cannot impersonate user somebody`]);
  });

  it('is not told a password without TLS: by us to another machine, by Trino on this one', async () => {
    const secret = { EXHIBIT_TRINO_PASSWORD: PASSWORD };
    await refused(ask(secret, 'http://trino.acme.example'), ['in the clear'], 2);
    await refused(ask(secret, trino.url), ['401']);
  });

  it('is not asked where its authority is not known', async () => {
    const secret = { EXHIBIT_TRINO_PASSWORD: PASSWORD };
    for (const NODE_EXTRA_CA_CERTS of [door.stranger, ''])
      await refused(ask({ ...secret, NODE_EXTRA_CA_CERTS }), ['unable to verify', 'NODE_EXTRA_CA_CERTS']);
  });

  it('is not asked where its certificate is over, or has another name', async () => {
    const secret = { EXHIBIT_TRINO_PASSWORD: PASSWORD };
    const shown = async (certificate: Parameters<Door['present']>[0], why: string) => {
      door.present(certificate);
      await until(async () => (await ask(secret)).stderr.includes(why));
      await refused(ask(secret), [why, 'Nothing was sent']);
    };
    await shown('expired', 'certificate has expired');
    await shown('other_name', "does not match certificate's altnames");
    door.present('good');
    await until(async () => (await ask(secret)).code === 3);
  });
});
