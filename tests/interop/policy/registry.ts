import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { digestOf } from '../../../src/policy/index.ts';

/** A port of the loopback address that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/**
 * The registry of Docker, on this machine alone, with its store in a folder.
 * @param auth how it wants to know who asks, as its configuration has it, such as `{htpasswd: {...}}`
 */
export async function startRegistry(
  folder: string,
  auth?: Readonly<Record<string, unknown>>,
): Promise<{ host: string; stop(): Promise<void> }> {
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const config = join(folder, 'registry.yml');
  const store = join(folder, 'registry');
  await writeFile(
    config,
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${store}}, delete: {enabled: true}}\nhttp: {addr: "${host}"}\n${auth === undefined ? '' : `auth: ${JSON.stringify(auth)}\n`}`,
  );
  const child = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await until(async () => [200, 401].includes((await fetch(`http://${host}/v2/`)).status));
  return {
    host,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

/** Asks again until it is so; the limit of the test is the limit of this. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  for (;;) {
    if (await holds().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

interface Descriptor {
  digest: string;
  mediaType: string;
  annotations?: Record<string, string>;
}

/** Where artefacts are pushed to, and how the one who pushes proves it. */
export interface Target {
  host: string;
  name: string;
  authorization?: string;
}

const headersOf = ({ authorization }: Target): Record<string, string> =>
  authorization === undefined ? {} : { authorization };

async function must(response: Response): Promise<Response> {
  if (!response.ok) throw new Error(`${response.status} ${response.url} ${await response.text()}`);
  return response;
}

/** @see OCI Distribution Specification 1.1, "Push" */
export async function pushBlob(target: Target, digest: string, bytes: Uint8Array): Promise<void> {
  const base = `http://${target.host}/v2/${target.name}`;
  const headers = headersOf(target);
  const started = await must(await fetch(`${base}/blobs/uploads/`, { method: 'POST', headers }));
  const url = new URL(started.headers.get('location') ?? '', base);
  url.searchParams.set('digest', digest);
  await must(
    await fetch(url, {
      method: 'PUT',
      headers: { ...headers, 'content-type': 'application/octet-stream' },
      body: new Uint8Array(bytes),
    }),
  );
}

export async function pushManifest(
  target: Target,
  tag: string,
  type: string,
  bytes: Uint8Array,
): Promise<void> {
  const headers = { ...headersOf(target), 'content-type': type };
  const url = `http://${target.host}/v2/${target.name}/manifests/${tag}`;
  await must(await fetch(url, { method: 'PUT', headers, body: new Uint8Array(bytes) }));
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Pushes a small image, with its content as tag. @returns its digest */
export async function pushImage(host: string, name: string, content: string): Promise<string> {
  const target = { host, name };
  const layer = Buffer.from(content);
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    }),
  );
  const part = (mediaType: string, data: Buffer) => ({
    mediaType,
    digest: digestOf(data),
    size: data.length,
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: part('application/vnd.oci.image.config.v1+json', config),
      layers: [part('application/vnd.oci.image.layer.v1.tar', layer)],
    }),
  );
  for (const data of [config, layer]) await pushBlob(target, digestOf(data), data);
  await pushManifest(target, content, MANIFEST, manifest);
  return digestOf(manifest);
}

/** Pushes an image layout as `oras copy --from-oci-layout` does, by the API of registries. */
export async function pushLayout(
  folder: string,
  host: string,
  name: string,
  authorization?: string,
): Promise<void> {
  const target: Target = { host, name, ...(authorization === undefined ? {} : { authorization }) };
  const blob = (digest: string) => readFileSync(join(folder, 'blobs', ...digest.split(':')));
  const read = <T>(bytes: Buffer): T => JSON.parse(bytes.toString('utf8')) as T;
  const index = read<{ manifests: Descriptor[] }>(readFileSync(join(folder, 'index.json')));
  for (const { digest, mediaType, annotations } of index.manifests) {
    const manifest = read<{ config: Descriptor; layers: Descriptor[] }>(blob(digest));
    for (const part of [manifest.config, ...manifest.layers])
      await pushBlob(target, part.digest, blob(part.digest));
    const tag = annotations?.['org.opencontainers.image.ref.name'] ?? '';
    await pushManifest(target, tag, mediaType, blob(digest));
  }
}
