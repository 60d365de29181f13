import { execFileSync } from 'node:child_process';
import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  digestOf,
  exportPolicies,
  findOpa,
  generateBundleKey,
  OCI_BUNDLE_LAYER,
  OCI_MANIFEST,
} from '../../../src/policy/index.ts';
// Not part of the policy folder's contract: a small repository for tests.
import { commitAll, writeFixture } from '../../../src/policy/testing/fixture.ts';
// Not part of the server's contract: one kind of origin.
import { originOf } from '../../../src/server/bundles/origins/index.ts';
import { settingsSchema } from '../../../src/server/settings.ts';
import { type Harness, harness } from '../../../src/server/testing/harness.ts';
import { toolIsThere } from '../policy/export-corpus.ts';
import {
  freePort,
  pushBlob,
  pushLayout,
  pushManifest,
  startRegistry,
  type Target,
} from '../policy/registry.ts';
import { openDoor } from './door.ts';
import { describeOrigin, type Mirror } from './origin-contract.ts';

const why = (await toolIsThere('docker-registry', ['--version'])) ? '' : ' (skipped: no registry found)';

const USER = 'reader';
const PASSWORD = 'pull-me';
/** Of the password above, as htpasswd -B -C 4 writes it: each request is checked against it. */
const HASH = '$2b$04$lQ8DHCQpvep3ViW1lb8mluZppoAC7shliACU3xyJBXPY9dv2aMzCG';
const BASIC = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;

const folders: string[] = [];
const work = () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-registry-'));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
const withHtpasswd = (folder: string) => {
  const path = join(folder, 'htpasswd');
  writeFileSync(path, `${USER}:${HASH}\n`);
  return { htpasswd: { realm: 'test', path } };
};
/** As the export lays it: an image whose one layer is the bundle. */
async function pushBundle(target: Target, tag: string, bytes: Uint8Array): Promise<string> {
  const config = Buffer.from('{}');
  const part = (mediaType: string, data: Uint8Array) => ({
    mediaType,
    digest: digestOf(data),
    size: data.length,
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: part('application/vnd.oci.image.config.v1+json', config),
      layers: [part(OCI_BUNDLE_LAYER, bytes)],
    }),
  );
  for (const data of [config, bytes]) await pushBlob(target, digestOf(data), data);
  await pushManifest(target, tag, OCI_MANIFEST, manifest);
  return digestOf(manifest);
}

async function startMirror(auth: boolean): Promise<Mirror> {
  const folder = work();
  const registry = await startRegistry(folder, auth ? withHtpasswd(folder) : undefined);
  const door = await openDoor(Number(registry.host.split(':')[1]));
  const [username_file, password_file] = [join(folder, 'user'), join(folder, 'password')];
  writeFileSync(username_file, `${USER}\n`);
  writeFileSync(password_file, `${PASSWORD}\n`, { mode: 0o600 });
  const target: Target = {
    host: registry.host,
    name: 'acme/policies',
    ...(auth ? { authorization: BASIC } : {}),
  };
  let pushed: string | undefined;
  return {
    origin: {
      oci: {
        reference: `${door.host}/acme/policies:latest`,
        insecure: true,
        ...(auth ? { username_file, password_file } : {}),
      },
    },
    place: async (bytes) => {
      pushed = await pushBundle(target, 'latest', bytes);
    },
    clear: async () => {
      if (pushed === undefined) return;
      const url = `http://${registry.host}/v2/acme/policies/manifests/${pushed}`;
      const reply = await fetch(url, { method: 'DELETE', headers: auth ? { authorization: BASIC } : {} });
      if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`);
      pushed = undefined;
    },
    shut: door.shut,
    open: door.open,
    stop: async () => {
      await door.shut();
      await registry.stop();
    },
  };
}

describeOrigin('a registry', why, () => startMirror(false));
describeOrigin('a registry that wants user and password', why, () => startMirror(true));

const bounds = { bytes: 1_000_000, signal: new AbortController().signal };
type OciGiven = NonNullable<Mirror['origin']['oci']>;
const originAt = (oci: OciGiven) =>
  originOf(
    settingsSchema.parse({ evidence: 'e', bundles: [{ name: 'main', keys: ['k'], oci }] }).bundles[0] ??
      expect.fail(),
  );

describe.skipIf(why !== '')(`what Exhibit exports, in a registry${why}`, () => {
  const folder = work();
  const key = generateBundleKey();
  let registry: Awaited<ReturnType<typeof startRegistry>>;
  let at: Harness;
  beforeAll(async () => {
    const source = await writeFixture();
    await commitAll(source);
    await exportPolicies(source, 'oci', join(folder, 'layout'), {
      opa: await findOpa(process.env),
      madeBy: 'test',
      key: { pem: key.privateKeyPem, id: 'bundle' },
    });
    registry = await startRegistry(folder, withHtpasswd(folder));
    await pushLayout(join(folder, 'layout'), registry.host, 'policies', BASIC);
    writeFileSync(join(folder, 'bundle.pub.pem'), key.publicKeyPem);
  });
  afterAll(async () => {
    await at?.remove();
    await registry?.stop();
  });
  const config = (content: unknown) => {
    const path = join(folder, 'config.json');
    writeFileSync(path, JSON.stringify(content));
    return path;
  };
  const entry = { auth: Buffer.from(`${USER}:${PASSWORD}`).toString('base64') };

  it('is verified and served, with the credentials that Docker keeps', async () => {
    const oci = {
      reference: `${registry.host}/policies:latest`,
      insecure: true,
      docker_config: config({ auths: { [registry.host]: entry } }),
    };
    at = await harness({ bundles: [{ name: 'main', keys: [join(folder, 'bundle.pub.pem')], oci }] });
    expect((await at.send('/bundles/main')).status).toBe(200);
    expect((await at.send('/readyz')).status).toBe(200);
  });

  it('the other tag holds no bundle; an unknown one is not there; a digest holds exactly one', async () => {
    const docker_config = config({ auths: { [registry.host]: entry } });
    const at = (version: string) =>
      originAt({ reference: `${registry.host}/policies${version}`, insecure: true, docker_config });
    await expect(at(':conftest').read(undefined, bounds)).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
    await expect(at(':v0').read(undefined, bounds)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const found = await at(':latest').read(undefined, bounds);
    if (found === 'unchanged') return expect.fail();
    expect(await at(':latest').read(found.tag, bounds)).toBe('unchanged');
    expect(await at(`@${found.tag}`).read(undefined, bounds)).toEqual(found);
    expect(await at(`:moved@${found.tag}`).read(undefined, bounds)).toEqual(found);
  });

  it('is denied to who has no credentials, or wrong ones', async () => {
    const reference = `${registry.host}/policies:latest`;
    const nobody = config({});
    await expect(
      originAt({ reference, insecure: true, docker_config: nobody }).read(undefined, bounds),
    ).rejects.toMatchObject({
      code: 'BUNDLE_ORIGIN',
      message: expect.stringContaining('wants a user and a password'),
      hint: expect.stringContaining('oci.username_file'),
    });
    const wrong = config({
      auths: { [registry.host]: { auth: Buffer.from('reader:no').toString('base64') } },
    });
    await expect(
      originAt({ reference, insecure: true, docker_config: wrong }).read(undefined, bounds),
    ).rejects.toMatchObject({ code: 'BUNDLE_ORIGIN', message: expect.stringContaining('401') });
  });
});

const openssl = await toolIsThere('openssl', ['version']);
const missing = why !== '' ? why : openssl ? '' : ' (skipped: no openssl found)';

describe.skipIf(missing !== '')(`a registry that wants a token of another place${missing}`, () => {
  const folder = work();
  let registry: Awaited<ReturnType<typeof startRegistry>>;
  let issuer: Server;
  let host: string;
  let oci: OciGiven;
  const asked: { path: string; authorization: string | undefined }[] = [];

  beforeAll(async () => {
    const [key, certificate] = [join(folder, 'token.key'), join(folder, 'token.pem')];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=tokens', '-days', '2'],
        ...['-keyout', key, '-out', certificate],
      ],
      { stdio: 'pipe' },
    );
    const port = await freePort();
    host = `127.0.0.1:${port}`;
    registry = await startRegistry(folder, {
      token: {
        realm: `http://${host}/token`,
        service: 'test',
        issuer: 'tokens',
        rootcertbundle: certificate,
      },
    });
    const x5c = [new X509Certificate(readFileSync(certificate)).raw.toString('base64')];
    const signed = createPrivateKey(readFileSync(key));
    issuer = createServer((request, response) => {
      asked.push({ path: request.url ?? '', authorization: request.headers.authorization });
      const actions = request.url?.includes('push') === true ? ['pull', 'push'] : ['pull'];
      if (request.headers.authorization !== BASIC) {
        response.writeHead(401).end();
        return;
      }
      void new SignJWT({ access: [{ type: 'repository', name: 'policies', actions }] })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', x5c })
        .setIssuer('tokens')
        .setSubject(USER)
        .setAudience('test')
        .setIssuedAt()
        .setNotBefore('-1m')
        .setExpirationTime('5m')
        .setJti(randomUUID())
        .sign(signed)
        .then((token) => response.end(JSON.stringify({ token })));
    });
    await new Promise<void>((resolve) => issuer.listen(port, '127.0.0.1', resolve));
    const scope = 'scope=repository:policies:pull,push';
    const reply = await fetch(`http://${host}/token?${scope}`, { headers: { authorization: BASIC } });
    const { token } = (await reply.json()) as { token: string };
    const target = { host: registry.host, name: 'policies', authorization: `Bearer ${token}` };
    await pushBundle(target, 'latest', new TextEncoder().encode('the bundle'));
    const [username_file, password_file] = [join(folder, 'user'), join(folder, 'password')];
    writeFileSync(username_file, USER);
    writeFileSync(password_file, PASSWORD);
    oci = { reference: `${registry.host}/policies:latest`, insecure: true, username_file, password_file };
    asked.length = 0;
  });
  afterAll(async () => {
    await registry?.stop();
    issuer?.close();
  });

  it('sends the credentials only where the settings name that place, and asks for a pull alone', async () => {
    await expect(originAt(oci).read(undefined, bounds)).rejects.toMatchObject({
      code: 'BUNDLE_ORIGIN',
      hint: expect.stringContaining(`oci.token_host: ${host}`),
    });
    expect(asked).toEqual([]);
    const found = await originAt({ ...oci, token_host: host }).read(undefined, bounds);
    if (found === 'unchanged') return expect.fail();
    expect(found.bytes.toString()).toBe('the bundle');
    expect(asked).toEqual([
      { path: '/token?service=test&scope=repository%3Apolicies%3Apull', authorization: BASIC },
    ]);
  });

  it('a place for tokens that denies access is said', async () => {
    const password_file = join(folder, 'wrong');
    writeFileSync(password_file, 'no');
    await expect(
      originAt({ ...oci, token_host: host, password_file }).read(undefined, bounds),
    ).rejects.toMatchObject({ code: 'BUNDLE_ORIGIN', message: expect.stringContaining('401') });
  });
});
