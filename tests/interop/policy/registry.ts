import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** A port of the loopback address that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** The registry of Docker, on this machine alone, with its store in a folder. */
export async function startRegistry(folder: string): Promise<{ host: string; stop(): Promise<void> }> {
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const config = join(folder, 'registry.yml');
  const store = join(folder, 'registry');
  await writeFile(
    config,
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${store}}}\nhttp: {addr: "${host}"}\n`,
  );
  const child = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await until(async () => (await fetch(`http://${host}/v2/`)).ok);
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

/**
 * Pushes an image layout as `oras copy --from-oci-layout` does, by the API of registries.
 * @see OCI Distribution Specification 1.1, "Push"
 */
export async function pushLayout(folder: string, host: string, name: string): Promise<void> {
  const blob = (digest: string) => readFileSync(join(folder, 'blobs', ...digest.split(':')));
  const read = <T>(bytes: Buffer): T => JSON.parse(bytes.toString('utf8')) as T;
  const base = `http://${host}/v2/${name}`;
  const must = async (response: Response): Promise<Response> => {
    if (!response.ok) throw new Error(`${response.status} ${response.url} ${await response.text()}`);
    return response;
  };
  const index = read<{ manifests: Descriptor[] }>(readFileSync(join(folder, 'index.json')));
  for (const { digest, mediaType, annotations } of index.manifests) {
    const manifest = read<{ config: Descriptor; layers: Descriptor[] }>(blob(digest));
    for (const part of [manifest.config, ...manifest.layers]) {
      const started = await must(await fetch(`${base}/blobs/uploads/`, { method: 'POST' }));
      const target = new URL(started.headers.get('location') ?? '', base);
      target.searchParams.set('digest', part.digest);
      const headers = { 'content-type': 'application/octet-stream' };
      await must(await fetch(target, { method: 'PUT', headers, body: new Uint8Array(blob(part.digest)) }));
    }
    const tag = annotations?.['org.opencontainers.image.ref.name'] ?? '';
    const body = new Uint8Array(blob(digest));
    await must(
      await fetch(`${base}/manifests/${tag}`, {
        method: 'PUT',
        headers: { 'content-type': mediaType },
        body,
      }),
    );
  }
}
