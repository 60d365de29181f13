import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { readImage } from '../../../verify/index.ts';
import { Opener } from './opener.ts';
import { RegistryAttestations } from './registry.ts';

it('asks a registry for some images of an object and says how many it did not ask for', async () => {
  const asked = new Set<string>();
  const server = createServer(({ url = '' }, response) => {
    const [, digest] = /(sha256[:-][0-9a-f]{64})/.exec(url) ?? [];
    if (digest !== undefined) asked.add(digest.replace('-', ':'));
    response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const setting = { registries: [{ host, insecure: true }], registry_milliseconds: 5_000 };
    const registry = new RegistryAttestations(setting, new Opener([]), {}, Date.now);
    const images = Array.from({ length: 1_000 }, (_, at) =>
      readImage(`${host}/shop/web@sha256:${at.toString(16).padStart(64, '0')}`),
    );
    const { summaries, faults } = await registry.find({ object: undefined, images });
    expect([summaries, faults[0]]).toEqual([[], '900 of 1000 images were not asked for']);
    expect(asked.size).toBe(100);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});
