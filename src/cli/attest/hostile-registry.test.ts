import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../policy/index.ts';
import { DSSE_LAYER, INDEX, MANIFEST } from '../../server/index.ts';
import { deployment, policyRepository } from '../testing/attest-policies.ts';
import { Machine } from '../testing/program.ts';

const PAYLOAD = 'application/vnd.in-toto+json';
const USER = Buffer.from('robot:secret').toString('base64');

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const part = (mediaType: string, data: Buffer) => ({ mediaType, digest: digestOf(data), size: data.length });
const EMPTY = Buffer.from('{}');
const imageOf = (name: string) =>
  bytes({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: part('application/vnd.oci.image.config.v1+json', EMPTY),
    layers: [part('application/vnd.oci.image.layer.v1.tar', Buffer.from(name))],
  });

/** A registry that answers what a test tells it to: by path below `/v2/shop/web/`. */
class Hostile {
  answers = new Map<string, Answer>();
  asked: { path: string; authorization: string | undefined }[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const path = (request.url ?? '').replace('/v2/shop/web/', '');
      this.asked.push({ path, authorization: request.headers.authorization });
      const answer = this.answers.get(path);
      if (answer === undefined) response.writeHead(404).end();
      else answer(request, response);
    });
  }
  async start(): Promise<this> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return this;
  }
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
  has(path: string, data: Buffer, type = 'application/json', headers: Record<string, string> = {}): this {
    this.answers.set(path, (_, response) => {
      response.writeHead(200, { 'content-type': type, ...headers }).end(data);
    });
    return this;
  }
  /** An attestation beside an image, as `attest push` puts it. @param about what its manifest says that it speaks of */
  lays(envelope: Buffer, about: Buffer, beside = about): this {
    const manifest = bytes({
      schemaVersion: 2,
      mediaType: MANIFEST,
      artifactType: PAYLOAD,
      config: part('application/vnd.oci.empty.v1+json', EMPTY),
      layers: [part(DSSE_LAYER, envelope)],
      subject: part(MANIFEST, about),
    });
    const list = { schemaVersion: 2, mediaType: INDEX, manifests: [part(MANIFEST, manifest)] };
    return this.has(`manifests/${digestOf(manifest)}`, manifest, MANIFEST)
      .has(`blobs/${digestOf(envelope)}`, envelope)
      .has(`referrers/${digestOf(beside)}`, bytes(list), INDEX);
  }
}

describe('a registry that lies', () => {
  let registry: Hostile;
  let other: Hostile;
  let gate: Machine;
  /** Attestations of two images, by the same key. */
  const pass = { good: Buffer.alloc(0), bad: Buffer.alloc(0) };
  const image = { good: imageOf('good'), bad: imageOf('bad') };

  beforeAll(async () => {
    const { key, publish } = await policyRepository();
    const bundle = await publish('bundle');
    gate = new Machine('2026-11-21T12:00:00Z');
    gate.env.DOCKER_CONFIG = join(gate.folder, 'docker');
    expect((await gate.run('attest', 'keygen')).code).toBe(0);
    for (const name of ['good', 'bad'] as const) {
      writeFileSync(
        join(gate.folder, 'shop.yaml'),
        deployment(`registry.example/shop/web@${digestOf(image[name])}`),
      );
      const flags = [
        '--bundle',
        bundle,
        '--bundle-key',
        key,
        '--attest',
        `${name}.intoto.jsonl`,
        '--attest-key',
        'attest.pem',
      ];
      expect(await gate.run('check', 'shop.yaml', ...flags)).toMatchObject({ code: 0 });
      pass[name] = readFileSync(join(gate.folder, `${name}.intoto.jsonl`));
    }
  }, 120_000);

  beforeEach(async () => {
    registry?.stop();
    other?.stop();
    [registry, other] = [await new Hostile().start(), await new Hostile().start()];
    registry.has(`manifests/${digestOf(image.bad)}`, image.bad, MANIFEST);
    mkdirSync(join(gate.folder, 'docker'), { recursive: true });
    const auths = { [registry.host]: { auth: USER } };
    writeFileSync(join(gate.folder, 'docker', 'config.json'), JSON.stringify({ auths }));
  });
  afterAll(() => {
    registry.stop();
    other.stop();
  });

  const verify = (version: string = digestOf(image.bad)) =>
    gate.run(
      ...['attest', 'verify', '--key', 'attest.pub.pem', '--insecure', '--image'],
      `${registry.host}/shop/web@${version}`,
    );

  it('an attestation of the image itself holds: the others below fail by what they change', async () => {
    registry.lays(pass.bad, image.bad);
    expect(await verify()).toMatchObject({ code: 0, stderr: '' });
  });

  it.each<[string, () => void]>([
    ['the attestation of another image', () => registry.lays(pass.good, image.bad)],
    [
      'the same by the tag of cosign',
      () => {
        const manifest = bytes({
          schemaVersion: 2,
          config: part('x', EMPTY),
          layers: [part(DSSE_LAYER, pass.good)],
        });
        registry
          .has(`manifests/${digestOf(image.bad).replace(':', '-')}.att`, manifest, MANIFEST)
          .has(`blobs/${digestOf(pass.good)}`, pass.good);
      },
    ],
    [
      'one whose signature was changed',
      () => {
        const envelope = JSON.parse(pass.bad.toString()) as { signatures: { sig: string }[] };
        for (const each of envelope.signatures) each.sig = Buffer.alloc(64, 1).toString('base64');
        registry.lays(bytes(envelope), image.bad);
      },
    ],
    ['something that is no attestation', () => registry.lays(Buffer.from('\u001b[2J::error::x'), image.bad)],
  ])('gives %s: it does not hold', async (_, lie) => {
    lie();
    const { code, stdout } = await verify();
    expect([code, stdout]).toEqual([1, expect.stringContaining('DOES NOT HOLD')]);
    expect(stdout).not.toContain('\u001b');
  });

  const listed = (manifests: unknown[], headers: Record<string, string> = {}) =>
    registry.has(`referrers/${digestOf(image.bad)}`, bytes({ schemaVersion: 2, manifests }), INDEX, headers);

  it.each<[string, () => void]>([
    ['none, though there is one', () => listed([])],
    // Its manifest speaks of another image, whatever the list says.
    ['one that was laid beside another image', () => registry.lays(pass.bad, image.good, image.bad)],
  ])('lists %s: that is no pass', async (_, lie) => {
    lie();
    expect(await verify()).toMatchObject({ code: 3, stderr: expect.stringContaining('ATTESTATION_MISSING') });
  });

  const endless: Answer = (_, response) => {
    const more = () => {
      while (response.write(Buffer.alloc(65_536, ' ')));
    };
    response.on('drain', more);
    more();
  };
  const swapped = () => {
    registry.lays(pass.bad, image.bad);
    registry.has(`blobs/${digestOf(pass.bad)}`, pass.good);
  };
  it.each<[string, () => void]>([
    [
      'another manifest under the digest',
      () => registry.has(`manifests/${digestOf(image.bad)}`, image.good, MANIFEST),
    ],
    ['a manifest without an end', () => registry.answers.set(`manifests/${digestOf(image.bad)}`, endless)],
    ['a list without an end', () => registry.answers.set(`referrers/${digestOf(image.bad)}`, endless)],
    [
      'a list that unpacks without an end',
      () =>
        registry.has(
          `referrers/${digestOf(image.bad)}`,
          gzipSync(Buffer.alloc(64 * 1024 * 1024, ' ')),
          INDEX,
          {
            'content-encoding': 'gzip',
          },
        ),
    ],
    [
      'a list that goes on for ever',
      () => listed([], { link: `</v2/shop/web/referrers/${digestOf(image.bad)}>; rel="next"` }),
    ],
    ['a list that goes on elsewhere', () => listed([], { link: `<http://${other.host}/list>; rel="next"` })],
    ['a list of what is not there', () => listed([part(MANIFEST, image.good)])],
    ['a list that is none', () => registry.has(`referrers/${digestOf(image.bad)}`, Buffer.from('[]'), INDEX)],
    ['another blob than the manifest names', swapped],
    [
      'a blob that says it is small and is not',
      () => {
        registry.lays(pass.bad, image.bad);
        registry.answers.set(`blobs/${digestOf(pass.bad)}`, endless);
      },
    ],
    [
      'a place for redirects that never ends',
      () =>
        registry.answers.set(`manifests/${digestOf(image.bad)}`, (_, response) => {
          response.writeHead(307, { location: `/v2/shop/web/manifests/${digestOf(image.bad)}` }).end();
        }),
    ],
    [
      'a place that is no URL',
      () =>
        registry.answers.set(`manifests/${digestOf(image.bad)}`, (_, response) => {
          response.writeHead(307, { location: 'http://[' }).end();
        }),
    ],
    [
      'a place on another machine without TLS',
      () =>
        registry.answers.set(`manifests/${digestOf(image.bad)}`, (_, response) => {
          response.writeHead(307, { location: 'http://192.0.2.1/x' }).end();
        }),
    ],
    [
      'a place on this disk',
      () =>
        registry.answers.set(`manifests/${digestOf(image.bad)}`, (_, response) => {
          response.writeHead(307, { location: 'file:///etc/hostname' }).end();
        }),
    ],
  ])('gives %s: nothing could be told', async (_, lie) => {
    lie();
    expect(await verify()).toMatchObject({ code: 3, stderr: expect.stringContaining('REGISTRY_FAILED') });
    expect(other.asked).toEqual([]);
  });

  it('is shown who asks, and nobody whom it sends on to', async () => {
    registry.lays(pass.bad, image.bad);
    other.has('blob', pass.bad);
    const wanted =
      (answer: Answer): Answer =>
      (request, response) => {
        if (request.headers.authorization === `Basic ${USER}`) answer(request, response);
        else response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      };
    for (const [path, answer] of registry.answers) registry.answers.set(path, wanted(answer));
    registry.answers.set(
      `blobs/${digestOf(pass.bad)}`,
      wanted((_, response) =>
        response.writeHead(307, { location: `http://${other.host}/v2/shop/web/blob` }).end(),
      ),
    );
    expect(await verify()).toMatchObject({ code: 0 });
    expect(other.asked).toEqual([{ path: 'blob', authorization: undefined }]);
    // The other host asks for the proof, for itself or for a place of tokens of its own.
    for (const challenge of ['Basic realm="x"', `Bearer realm="http://${other.host}/token",service="x"`]) {
      other.answers.set('blob', (_, response) =>
        response.writeHead(401, { 'www-authenticate': challenge }).end(),
      );
      expect((await verify()).code).toBe(3);
    }
    expect(other.asked.every(({ authorization }) => authorization === undefined)).toBe(true);
  });

  it('may not have its tokens from another host', async () => {
    registry.answers.set(`manifests/${digestOf(image.bad)}`, (_, response) => {
      response
        .writeHead(401, { 'www-authenticate': `Bearer realm="http://${other.host}/token",service="x"` })
        .end();
    });
    expect(await verify()).toMatchObject({ code: 3, stderr: expect.stringContaining('which would be sent') });
    expect(other.asked).toEqual([]);
  });
});
