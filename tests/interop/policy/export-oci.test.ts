import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportPolicies, findOpa, generateBundleKey } from '../../../src/policy/index.ts';
// Not part of the policy folder's contract: a small repository for tests.
import { commitAll, writeFixture } from '../../../src/policy/testing/fixture.ts';
import { runTool, toolIsThere } from './export-corpus.ts';
import { freePort, pushLayout, startRegistry, until } from './registry.ts';

const there =
  (await toolIsThere('docker-registry', ['--version'])) && (await toolIsThere('conftest', ['--version']));

describe.skipIf(!there)(`the OCI layout in a registry${there ? '' : ' (skipped: no registry found)'}`, () => {
  let work: string;
  let source: string;
  let registry: Awaited<ReturnType<typeof startRegistry>>;
  const key = generateBundleKey();

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'exhibit-oci-'));
    source = await writeFixture();
    await commitAll(source);
    const layout = join(work, 'layout');
    await exportPolicies(source, 'oci', layout, {
      opa: await findOpa(process.env),
      madeBy: 'test',
      key: { pem: key.privateKeyPem, id: 'bundle' },
    });
    registry = await startRegistry(work);
    await pushLayout(layout, registry.host, 'policies');
  });
  afterAll(async () => {
    await registry?.stop();
    for (const folder of [work, source]) await rm(folder, { recursive: true, force: true });
  });

  test('a stock OPA downloads the bundle, verifies its signature and judges with it', async () => {
    const opa = await findOpa(process.env);
    const address = `127.0.0.1:${await freePort()}`;
    await writeFile(join(work, 'bundle.pub.pem'), key.publicKeyPem);
    const config = {
      services: { registry: { url: `http://${registry.host}`, type: 'oci' } },
      bundles: {
        policies: {
          service: 'registry',
          resource: `${registry.host}/policies:latest`,
          signing: { keyid: 'bundle' },
        },
      },
      keys: { bundle: { algorithm: 'ES256', key: key.publicKeyPem } },
      persistence_directory: join(work, 'opa'),
    };
    await writeFile(join(work, 'opa.json'), JSON.stringify(config));
    const args = ['run', '--server', '--addr', address, '--log-level', 'error', '-c', join(work, 'opa.json')];
    const child = spawn(opa.path, args, { stdio: 'ignore' });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    try {
      await until(async () => (await fetch(`http://${address}/health?bundles`)).ok);
      const ask = async (path: string, input: unknown) => {
        const body = JSON.stringify({ input });
        const reply = await fetch(`http://${address}/v1/data/${path}`, { method: 'POST', body });
        return ((await reply.json()) as { result?: unknown }).result;
      };
      const found = await ask('exhibit/policies/box_sealed/violations', { boxes: [{ id: 'box/1' }] });
      expect(found).toEqual([{ subject: 'box/1', message: 'box/1 is open', fix: 'Seal it.' }]);
      const overrides = (await ask('exhibit/bundle/overrides', {})) as { id: string; sunset: string }[];
      expect(overrides.map(({ id, sunset }) => [id, sunset])).toEqual([['OV-1', '2026-12-31T23:59:59.999Z']]);
    } finally {
      child.kill();
      await ended;
    }
  });

  test('conftest pulls the other tag into a folder and judges with it', async () => {
    const pulled = join(work, 'pulled');
    await runTool('conftest', ['pull', '--policy', 'pulled', `oci://${registry.host}/policies:conftest`], {
      cwd: work,
    });
    await writeFile(join(work, 'boxes.json'), '{"boxes": [{"id": "tin/1"}]}');
    const args = ['test', '--no-fail', '-o', 'json', '-p', pulled, join(work, 'boxes.json')];
    const { stdout } = await runTool('conftest', args);
    const [result] = JSON.parse(stdout) as { failures: { msg: string }[] }[];
    expect(result?.failures.map(({ msg }) => msg)).toEqual(['tin/1 is open']);
  });
});
