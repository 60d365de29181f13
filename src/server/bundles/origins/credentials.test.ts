import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseChallenge } from './challenge.ts';
import { credentialsFor } from './credentials.ts';

const REGISTRY = 'registry.example.com:5000';
const folder = mkdtempSync(join(tmpdir(), 'exhibit-credentials-'));
const config = (content: unknown): string => {
  const path = join(folder, 'config.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const base64 = (text: string) => Buffer.from(text).toString('base64');
const from = (content: unknown) => credentialsFor(REGISTRY, { docker_config: config(content) }, {});
const found = { username: 'reader', password: 'a:secret' };

describe('credentials of a registry', () => {
  // Forms of the keys as Docker's own config.json had them.
  it.each([REGISTRY, `https://${REGISTRY}`, `https://${REGISTRY}/v1/`, `http://${REGISTRY}/v2/`])(
    'stand under %s',
    async (key) => {
      expect(
        await from({ auths: { 'other.example.com': {}, [key]: { auth: base64('reader:a:secret') } } }),
      ).toEqual(found);
    },
  );

  it('are none where Docker keeps none for this registry', async () => {
    expect(await from({})).toBeUndefined();
    expect(await from({ auths: { 'registry.example.com': { auth: base64('x:y') } } })).toBeUndefined();
    expect(await credentialsFor(REGISTRY, {}, { DOCKER_CONFIG: join(folder, 'none') })).toBeUndefined();
  });

  it('are looked for where Docker looks', async () => {
    config({ auths: { [REGISTRY]: { auth: base64('reader:a:secret') } } });
    expect(await credentialsFor(REGISTRY, {}, { DOCKER_CONFIG: folder })).toEqual(found);
  });

  it('stand in two files, each with one line', async () => {
    const [username_file, password_file] = [join(folder, 'user'), join(folder, 'password')];
    writeFileSync(username_file, 'reader\n');
    writeFileSync(password_file, 'a:secret');
    expect(await credentialsFor(REGISTRY, { username_file, password_file }, {})).toEqual(found);
    for (const text of ['', '\n', 'one\ntwo\n']) {
      writeFileSync(password_file, text);
      await expect(credentialsFor(REGISTRY, { username_file, password_file }, {})).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        location: { file: password_file },
      });
    }
  });

  it.each([
    ['no JSON', '{"auths": {"secret'],
    ['no user', { auths: { [REGISTRY]: { auth: base64(':secret') } } }],
    ['an identity token', { auths: { [REGISTRY]: { auth: base64('0:'), identitytoken: 'secret' } } }],
    ['a helper with a path', { credHelpers: { [REGISTRY]: '../secret/x' } }],
  ])('with %s are refused, and not shown', async (_, content) => {
    const error = await from(content).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', location: { file: join(folder, 'config.json') } });
    expect(String((error as Error).message)).not.toContain('secret');
    expect((error as Error).cause).toBeUndefined();
  });

  it('a file that is named must be there', async () => {
    await expect(
      credentialsFor(REGISTRY, { docker_config: join(folder, 'none.json') }, {}),
    ).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});

describe('a credential helper', () => {
  const bin = join(folder, 'bin');
  const helper = (script: string) => {
    mkdirSync(bin, { recursive: true });
    const path = join(bin, 'docker-credential-test');
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  };
  beforeEach(() => void vi.stubEnv('PATH', `${bin}:${process.env.PATH}`));
  afterEach(() => void vi.unstubAllEnvs());
  const HELPERS = { credHelpers: { [REGISTRY]: 'test' } };

  it('is asked for the one registry', async () => {
    helper(
      `[ "$1" = get ] && read host && [ "$host" = "${REGISTRY}" ] && echo '{"ServerURL": "x", "Username": "reader", "Secret": "a:secret"}'`,
    );
    expect(await from(HELPERS)).toEqual(found);
    expect(await from({ credsStore: 'test' })).toEqual(found);
  });

  it('that knows nothing is no credentials for all registries, and an error for the one it is named for', async () => {
    helper('echo "credentials not found in native keychain"; exit 1');
    expect(await from({ credsStore: 'test' })).toBeUndefined();
    await expect(from(HELPERS)).rejects.toMatchObject({ code: 'TOOL_FAILED' });
  });

  it.each(['echo "{secret"', 'echo secret >&2; exit 3', 'exec /nowhere/secret'])(
    'that fails (%s) is named; what it wrote is not shown',
    async (script) => {
      helper(script);
      const error = await from(HELPERS).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'TOOL_FAILED',
        message: expect.stringContaining('docker-credential-test'),
        hint: expect.stringContaining(REGISTRY),
      });
      expect(JSON.stringify([error, String(error)])).not.toContain('secret');
    },
  );

  it('that gives an identity token is refused', async () => {
    helper(`echo '{"Username": "<token>", "Secret": "secret"}'`);
    await expect(from(HELPERS)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('WWW-Authenticate', () => {
  // The first is the example of the Distribution project's token specification; the others are forms of RFC 9110.
  it.each<[string | null, ReturnType<typeof parseChallenge>]>([
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:samalba/my-app:pull,push"',
      { scheme: 'bearer', realm: 'https://auth.docker.io/token', service: 'registry.docker.io' },
    ],
    ['bearer realm=https://x.example', { scheme: 'bearer', realm: 'https://x.example', service: undefined }],
    ['Basic realm="a, b"', { scheme: 'basic' }],
    ['Basic', { scheme: 'basic' }],
    [
      'Basic realm="x", Bearer realm="https://t.example" , service="s"',
      { scheme: 'bearer', realm: 'https://t.example', service: 's' },
    ],
    ['Negotiate', undefined],
    ['Bearer service="s"', undefined],
    [null, undefined],
  ])('%s', (header, expected) => {
    expect(parseChallenge(header)).toEqual(expected);
  });
});
