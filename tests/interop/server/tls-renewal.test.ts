import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Harness, harness } from '../../../src/server/testing/harness.ts';

const missing = spawnSync('openssl', ['version']).status !== 0;
if (missing && process.env.CI === 'true') throw new Error('openssl was not found');

const DAY = 86_400_000;

interface Answer {
  status: number;
  /** Of the server's certificate. */
  serial: string;
  /** Local port: the same one is the same connection. */
  port: number | undefined;
  body: string;
}

/** Certificates that openssl makes and that take each other's place while the server runs. */
describe.skipIf(missing)(missing ? 'renewal (skipped: no openssl found)' : 'renewal of certificates', () => {
  let folder: string;
  let at: Harness;
  /** What the server's clock differs from that of this machine, milliseconds. */
  let shift: number;
  const file = (name: string) => join(folder, name);
  const openssl = (line: string) => execFileSync('openssl', line.split(' '), { cwd: folder, stdio: 'pipe' });
  const made = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';
  const authority = (name: string) =>
    openssl(`${made} -subj /CN=${name} -days 2 -keyout ${name}.key -out ${name}.pem`);
  const certificate = (name: string, serial: number, san: string, by: string) => {
    openssl(
      `req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`,
    );
    writeFileSync(file(`${name}.ext`), `subjectAltName=${san}\n`);
    openssl(
      `x509 -req -in ${name}.csr -CA ${by}.pem -CAkey ${by}.key -set_serial ${serial} -days 1 -extfile ${name}.ext -out ${name}.pem`,
    );
  };
  /** As a renewal does: a whole file takes the place of the old one. */
  const put = (from: string, to: string) => {
    copyFileSync(file(from), file(`${to}.new`));
    renameSync(file(`${to}.new`), file(to));
  };
  const ask = (path: string, { agent = new Agent({}), caller, token }: Asking = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const pair =
        caller === undefined
          ? {}
          : { cert: readFileSync(file(`${caller}.pem`)), key: readFileSync(file(`${caller}.key`)) };
      const call = get(
        `${at.url}${path}`,
        { agent, headers, ca: readFileSync(file('ca.pem')), ...pair },
        (response) => {
          const socket = response.socket as TLSSocket;
          const { serialNumber: serial } = socket.getPeerCertificate();
          const { localPort: port } = socket;
          let body = '';
          response.on('data', (chunk: Buffer) => {
            body += chunk.toString();
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, serial, port, body }));
        },
      );
      call.on('error', reject);
    });
  interface Asking {
    agent?: Agent;
    caller?: string;
    token?: string;
  }
  const metric = async (name: string) => {
    const { body } = await ask('/metrics', { token: at.tokens.engineer });
    return new RegExp(`^exhibit_${name}(?:\\{.*\\})? (\\S+)$`, 'm').exec(body)?.[1];
  };
  const said = (event: string) => at.log.filter((line) => JSON.stringify(line).includes(event));

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'exhibit-renewal-'));
    shift = 0;
    authority('ca');
    authority('next');
    certificate('one', 0x11, 'IP:127.0.0.1', 'ca');
    certificate('two', 0x22, 'IP:127.0.0.1', 'ca');
    certificate('opa', 0x33, 'URI:spiffe://acme/opa', 'next');
    put('one.pem', 'server.pem');
    put('one.key', 'server.key');
    put('ca.pem', 'clients.pem');
    at = await harness(
      {
        tls: { cert: file('server.pem'), key: file('server.key'), client_ca: file('clients.pem') },
        auth: { mtls: [{ san: 'URI:spiffe://acme/opa', roles: ['auditor'], emitters: [] }] },
      },
      () => Date.now() + shift,
    );
  });
  afterEach(async () => {
    await at.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('a new pair is served to new connections, and an open one goes on', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const before = await ask('/healthz', { agent });
    expect(before).toMatchObject({ status: 200, serial: '11' });
    put('two.pem', 'server.pem');
    put('two.key', 'server.key');
    await at.server.look();
    expect(await ask('/healthz')).toMatchObject({ status: 200, serial: '22' });
    expect(await ask('/healthz', { agent })).toMatchObject({ status: 200, serial: '11', port: before.port });
    agent.destroy();
    expect(said('certificate taken')).toHaveLength(1);
    expect(await metric('certificate_changes_total')).toBe('1');
    expect(await metric('certificate_refused')).toBe('0');
    const end = /notAfter=(.*)/.exec(openssl('x509 -in two.pem -noout -enddate').toString())?.[1] ?? '';
    expect(await metric('certificate_expires_seconds')).toBe(String(Date.parse(end) / 1_000));
  });

  it('is seen without being told of', async () => {
    put('two.pem', 'server.pem');
    put('two.key', 'server.key');
    await expect.poll(async () => (await ask('/healthz')).serial, { timeout: 10_000 }).toBe('22');
  });

  it.each<[string, () => void, string]>([
    ['a key of another certificate', () => put('two.key', 'server.key'), 'is not that of the certificate'],
    ['no certificate', () => writeFileSync(file('server.pem'), 'half a fi'), 'is not a certificate'],
    ['no key', () => writeFileSync(file('server.key'), 'half a fi'), 'TLS cannot use'],
    ['no file', () => rmSync(file('server.key')), 'cannot read'],
    ['an empty authority', () => writeFileSync(file('clients.pem'), ''), 'no certificate in'],
  ])('%s changes nothing, and is said once', async (_, spoil, reason) => {
    spoil();
    await at.server.look();
    await at.server.look();
    expect(await ask('/healthz')).toMatchObject({ status: 200, serial: '11' });
    const refused = said('certificate refused');
    expect(refused).toHaveLength(1);
    expect(JSON.stringify(refused)).toContain(reason);
    expect(JSON.stringify(refused)).not.toContain('PRIVATE KEY');
    expect(await metric('certificate_refused')).toBe('1');
    expect(await metric('certificate_refused_total')).toBe('1');
    put('two.pem', 'server.pem');
    put('two.key', 'server.key');
    put('ca.pem', 'clients.pem');
    await at.server.look();
    expect(await ask('/healthz')).toMatchObject({ serial: '22' });
    expect(await metric('certificate_refused')).toBe('0');
  });

  it('one that is not valid now is taken up when its time comes, and never after it', async () => {
    put('two.pem', 'server.pem');
    put('two.key', 'server.key');
    shift = -3 * DAY;
    await at.server.look();
    expect(JSON.stringify(said('certificate refused'))).toContain('is not valid before');
    shift = 3 * DAY;
    await at.server.look();
    expect(JSON.stringify(said('certificate refused'))).toContain('expired at');
    expect(await ask('/healthz')).toMatchObject({ serial: '11' });
    shift = 0;
    await at.server.look();
    expect(await ask('/healthz')).toMatchObject({ serial: '22' });
  });

  it('callers of another authority are known from its coming on', async () => {
    expect((await ask('/v1/checkpoint', { caller: 'opa' })).status).toBe(401);
    put('next.pem', 'clients.pem');
    await at.server.look();
    expect((await ask('/v1/checkpoint', { caller: 'opa' })).status).toBe(200);
  });
});
