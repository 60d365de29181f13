import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findOpa, installOpa, OPA_RELEASE, OPA_VERSION, opaCache } from './index.ts';

/** A program that answers `version` with some text. */
async function program(path: string, version: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, script(version));
  await chmod(path, 0o755);
  return path;
}
const script = (version: string) => `#!/bin/sh\necho "Version: ${version}"\n`;
const folder = () => mkdtemp(join(tmpdir(), 'exhibit-opa-'));

describe('findOpa', () => {
  it('looks at EXHIBIT_OPA, then PATH, then the cache', async () => {
    const root = await folder();
    const env = {
      EXHIBIT_OPA: join(root, 'named'),
      PATH: join(root, 'bin'),
      XDG_CACHE_HOME: join(root, 'cache'),
    };
    await program(join(opaCache(env), 'opa'), '1.3.0');
    const { EXHIBIT_OPA: _, ...unnamed } = env;
    expect((await findOpa(unnamed)).version).toBe('1.3.0');
    await program(join(env.PATH, 'opa'), '1.2.0');
    expect((await findOpa(unnamed)).version).toBe('1.2.0');
    await program(env.EXHIBIT_OPA, '1.1.0');
    expect(await findOpa(env)).toEqual({ path: env.EXHIBIT_OPA, version: '1.1.0' });
  });

  it('passes over one that is too old or none, and names every place', async () => {
    const root = await folder();
    await program(join(root, 'old', 'opa'), '0.70.0');
    await program(join(root, 'other', 'opa'), 'unknown');
    const env = { PATH: `${root}/old:${root}/other:${root}/empty`, XDG_CACHE_HOME: join(root, 'cache') };
    await expect(findOpa(env)).rejects.toThrow(
      expect.objectContaining({
        code: 'TOOL_MISSING',
        details: {
          tried: [
            `PATH: ${root}/old/opa is opa 0.70.0, older than 1.0`,
            `PATH: ${root}/other/opa does not answer \`version\` as opa does`,
            `PATH: ${root}/empty/opa is not there`,
            `cache: ${root}/cache/exhibit/opa/${OPA_VERSION}/opa is not there`,
            `cache: ${root}/cache/exhibit/opa/${OPA_RELEASE}/opa is not there`,
          ],
        },
      }),
    );
  });

  it('does not fall back when EXHIBIT_OPA does not work', async () => {
    const root = await folder();
    await program(join(root, 'opa'), '1.2.0');
    const env = { EXHIBIT_OPA: join(root, 'gone'), PATH: root };
    await expect(findOpa(env)).rejects.toThrow(/gone is not there/);
    await expect(installOpa(env)).rejects.toThrow(expect.objectContaining({ code: 'TOOL_MISSING' }));
  });
});

describe('installOpa', () => {
  const release = Buffer.from(script(OPA_RELEASE));
  const sha256 = createHash('sha256').update(release).digest('hex');
  const serve = (async () => new Response(release)) as typeof fetch;
  const nowhere = async () => ({ PATH: '', XDG_CACHE_HOME: await folder() });

  it('downloads into the cache only what has the given digest', async () => {
    const env = { ...(await nowhere()), EXHIBIT_OPA_SHA256: sha256 };
    const path = join(opaCache(env, OPA_RELEASE), 'opa');
    expect(await installOpa(env, { fetch: serve })).toEqual({ path, version: OPA_RELEASE });
    expect(await findOpa(env)).toEqual({ path, version: OPA_RELEASE });
    const wrong = { ...(await nowhere()), EXHIBIT_OPA_SHA256: '0'.repeat(64) };
    await expect(installOpa(wrong, { fetch: serve })).rejects.toThrow(/not the expected 0{64}/);
    await expect(findOpa(wrong)).rejects.toThrow(expect.objectContaining({ code: 'TOOL_MISSING' }));
  });

  it('tries every source and names what each said', async () => {
    const down = (async () => {
      throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') });
    }) as typeof fetch;
    const offline = { ...(await nowhere()), EXHIBIT_OPA_SHA256: sha256 };
    await expect(installOpa(offline, { fetch: down })).rejects.toThrow(
      /cache: .*\n.*download: .*ENOTFOUND.*\n.*go install: /,
    );
    const mac = { fetch: down, platform: 'darwin', arch: 'arm64' };
    await expect(installOpa(await nowhere(), mac)).rejects.toThrow(/needs EXHIBIT_OPA_SHA256/);
  });

  it.each(['x64', 'arm64'])(
    'knows the digest of the release for Linux on %s, and takes no other file',
    async (arch) => {
      const linux = { fetch: serve, platform: 'linux', arch };
      const asset = `opa_linux_${arch === 'x64' ? 'amd64' : 'arm64'}_static`;
      await expect(installOpa(await nowhere(), linux)).rejects.toThrow(
        new RegExp(
          `download: .*v${OPA_RELEASE}/${asset} has the SHA-256 ${sha256}, not the expected [0-9a-f]{64}`,
        ),
      );
    },
  );
});
