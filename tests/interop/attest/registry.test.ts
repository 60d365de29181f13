import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../../../src/cli/testing/program.ts';
import { toolIsThere } from '../policy/export-corpus.ts';
import { pushImage, pushManifest, startRegistry } from '../policy/registry.ts';
import { cosign, why as noCosign } from './cosign.ts';
import { attested, must, TYPE } from './gate.ts';
import { goProgram } from './go-program.ts';

const noRegistry = (await toolIsThere('docker-registry', ['--version']))
  ? ''
  : ' (skipped: no docker-registry found)';
const referrers = goProgram('registry.go.txt', ['github.com/google/go-containerregistry v0.21.7']);

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const NAME = 'shop/web';

/** @returns its digest, hexadecimal */
const pushed = async (host: string, content: string) =>
  (await pushImage(host, NAME, content)).slice('sha256:'.length);

interface Started {
  host: string;
  stop(): Promise<void>;
}

async function startReferrers(): Promise<Started> {
  const child = spawn(referrers.program, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    host: line.toString().trim(),
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'exhibit-attest-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const registries: { what: string; skip: string; api: boolean; start: () => Promise<Started> }[] = [
  {
    what: `docker-registry, which knows no referrers${noRegistry}`,
    skip: noRegistry,
    api: false,
    start: () => startRegistry(folder),
  },
  {
    what: `a registry with the referrers API (go-containerregistry)${referrers.why}`,
    skip: referrers.why,
    api: true,
    start: startReferrers,
  },
];

describe.each(registries)('$what', ({ skip, api, start }) => {
  describe.skipIf(skip !== '')('as a store', () => {
    let registry: Started;
    let gate: Machine;
    let image: string;
    let hex: string;
    beforeAll(async () => {
      registry = await start();
      hex = await pushed(registry.host, 'one');
      image = `${registry.host}/${NAME}@sha256:${hex}`;
      gate = await attested(image);
    });
    afterAll(async () => registry?.stop());

    const verify = (ref: string, ...more: string[]) =>
      gate.run(...['attest', 'verify', '--image', ref, '--insecure', '--key', 'ecdsa-p256.pub.pem'], ...more);
    const push = (file: string, ref = image) =>
      gate.run('attest', 'push', file, '--image', ref, '--insecure');

    it('has none at first: that is no pass', async () => {
      expect(await verify(image)).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('ATTESTATION_MISSING'),
      });
    });

    it('takes an attestation, and it is found by digest and by tag', async () => {
      expect(await push('ecdsa-p256.sigstore.json')).toMatchObject({ code: 0 });
      expect(await verify(image)).toMatchObject({ code: 0 });
      expect(await verify(`${registry.host}/${NAME}:one`)).toMatchObject({ code: 0 });
      expect((await verify(image, '--lineage', 'other')).code).toBe(1);
    });

    it(api ? 'lists it by the API' : 'lists it under the tag of the image', async () => {
      const path = api ? `referrers/sha256:${hex}` : `manifests/sha256-${hex}`;
      const accept = 'application/vnd.oci.image.index.v1+json';
      const reply = await fetch(`http://${registry.host}/v2/${NAME}/${path}`, { headers: { accept } });
      const { manifests } = (await reply.json()) as { manifests: { artifactType: string }[] };
      const types = manifests.map(({ artifactType }) => artifactType).sort();
      // go-containerregistry gives the media type of the config here.
      const empty = 'application/vnd.oci.empty.v1+json';
      expect(types).toEqual(
        api
          ? [empty, empty]
          : ['application/vnd.dev.sigstore.bundle.v0.3+json', 'application/vnd.in-toto+json'],
      );
    });

    it('takes the same one again without a second entry, and another one beside it', async () => {
      const found = async () =>
        (await must(gate, 'attest', 'pull', '--image', image, '--insecure', '--out', 'all'))
          .trim()
          .split('\n');
      expect(await push('ecdsa-p256.sigstore.json')).toMatchObject({ code: 0 });
      expect(await found()).toHaveLength(2);
      expect(await push('ed25519.intoto.jsonl')).toMatchObject({ code: 0 });
      expect(await found()).toHaveLength(4);
      const keys = ['ecdsa-p256', 'ed25519'].map((type) => `${type}.pub.pem`);
      for (const key of keys)
        expect(
          await gate.run('attest', 'verify', '--image', image, '--insecure', '--key', key),
        ).toMatchObject({ code: 0 });
      const files = readdirSync(join(gate.folder, 'all'));
      expect(files.filter((name) => name.endsWith('.sigstore.json'))).toHaveLength(2);
      for (const name of files) {
        const ended = await Promise.all(
          keys.map((key) =>
            gate.run('attest', 'verify', join('all', name), '--key', key, '--subject', image),
          ),
        );
        expect(ended.map(({ code }) => code).sort()).toEqual([0, 1]);
      }
    });

    it('takes none for an image of which it does not speak', async () => {
      const other = `${registry.host}/${NAME}@sha256:${await pushed(registry.host, 'two')}`;
      const { code, stderr } = await push('ecdsa-p256.sigstore.json', other);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('is not about') });
    });

    it('an attestation that somebody copied beside another image does not hold for it', async () => {
      const other = await pushed(registry.host, 'three');
      const accept = MANIFEST;
      const tag = `http://${registry.host}/v2/${NAME}/manifests/sha256-${hex}.att`;
      const manifest = Buffer.from(await (await fetch(tag, { headers: { accept } })).arrayBuffer());
      await pushManifest({ host: registry.host, name: NAME }, `sha256-${other}.att`, MANIFEST, manifest);
      const ended = await verify(`${registry.host}/${NAME}:three`);
      expect(ended.code).toBe(1);
      expect(ended.stdout).toContain('DOES NOT HOLD  subject');
    });

    it('without TLS only where the registry is of this machine', async () => {
      const { code, stderr } = await verify('registry.example.com/shop/web:1');
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('on this machine') });
    });

    describe.skipIf(noCosign !== '')(`cosign${noCosign}`, () => {
      const verifying = (...more: string[]) =>
        cosign(
          gate.folder,
          ...['verify-attestation', '--key', 'ecdsa-p256.pub.pem', '--insecure-ignore-tlog', '--type', TYPE],
          ...['--allow-http-registry', ...more, image],
        );

      it('verifies it as a bundle (cosign 3) and as a layer of the .att image (cosign 2)', () => {
        expect(verifying()).toMatchObject({ code: 0 });
        expect(verifying('--new-bundle-format=false')).toMatchObject({ code: 0 });
      });

      it('shows it in its tree', () => {
        const { code, output } = cosign(gate.folder, 'tree', '--allow-http-registry', image);
        expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('Attestations') });
      });

      it('puts one of its own there, which we verify', async () => {
        const statement = await must(gate, 'attest', 'show', 'ecdsa-p256.sigstore.json', '--json');
        const { predicate } = JSON.parse(statement) as { predicate: object };
        writeFileSync(join(gate.folder, 'predicate.json'), JSON.stringify(predicate));
        cosign(gate.folder, 'import-key-pair', '--key', 'ed25519.pem', '--output-key-prefix', 'cs');
        const done = cosign(
          gate.folder,
          ...['attest', '--key', 'cs.key', '--predicate', 'predicate.json', '--type', TYPE, '--yes'],
          ...['--tlog-upload=false', '--use-signing-config=false', '--allow-http-registry', image],
        );
        expect(done).toMatchObject({ code: 0 });
        // Ours are still there.
        expect(await verify(image)).toMatchObject({ code: 0 });
      });
    });
  });
});
