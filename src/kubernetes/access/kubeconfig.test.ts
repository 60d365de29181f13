import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { inCluster } from './in-cluster.ts';
import { fromKubeconfig } from './kubeconfig.ts';

let folder: string;
let now = 0;
const clock = () => now;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exhibit-kubeconfig-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const base64 = (text: string) => Buffer.from(text).toString('base64');
const config = (cluster: object, user: object, more: object = {}): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'main',
    clusters: [{ name: 'one', cluster: { server: 'https://one.example.com:6443', ...cluster } }],
    users: [{ name: 'me', user }],
    contexts: [{ name: 'main', context: { cluster: 'one', user: 'me' } }],
    ...more,
  });
const open = (env: Record<string, string> = {}, more: { context?: string } = {}) =>
  fromKubeconfig({
    env: { PATH: process.env.PATH ?? '', KUBECONFIG: join(folder, 'config'), ...env },
    cwd: folder,
    clock,
    ...more,
  });

describe('a kubeconfig', () => {
  it('gives data before files, and a file of a token before its text', async () => {
    write('ca.pem', 'ca of the file');
    write('token', ' token of the file\n');
    write(
      'config',
      config(
        { 'certificate-authority': 'ca.pem', 'tls-server-name': 'kubernetes' },
        {
          ...{ token: 'token of the text', tokenFile: 'token' },
          ...{ 'client-certificate-data': base64('cert'), 'client-certificate': 'none.pem' },
          'client-key-data': base64('key'),
        },
      ),
    );
    const access = await open();
    expect(access).toMatchObject({ cluster: 'one', serverName: 'kubernetes' });
    expect(access.server.href).toBe('https://one.example.com:6443/');
    expect(await access.credentials()).toEqual({
      ...{ ca: 'ca of the file', cert: 'cert', key: 'key', token: 'token of the file' },
    });
  });

  it('reads a token again that was replaced: after its time, or when it was refused', async () => {
    write('token', 'first');
    write('config', config({}, { tokenFile: 'token' }));
    const access = await open();
    expect(await access.credentials()).toEqual({ token: 'first' });
    write('token', 'second');
    expect(await access.credentials()).toEqual({ token: 'first' });
    expect(await access.credentials(true)).toEqual({ token: 'second' });
    write('token', 'third');
    now += 30_001;
    expect(await access.credentials()).toEqual({ token: 'third' });
  });

  it('takes the first of several files that has a name, and lets one be missing', async () => {
    write('a', stringify({ 'current-context': 'main', users: [{ name: 'me', user: { token: 'of a' } }] }));
    write('b', config({}, { token: 'of b' }));
    const list = [join(folder, 'none'), join(folder, 'a'), join(folder, 'b')].join(delimiter);
    expect(await (await open({ KUBECONFIG: list })).credentials()).toEqual({ token: 'of a' });
  });

  it('asks a program, as the cloud providers have it, and again when its time is over', async () => {
    now = Date.parse('2026-11-26T12:00:00Z');
    // Counts how often it was asked, and shows that it got the question.
    const program = write(
      'login',
      `#!/bin/sh
test -n "$KUBERNETES_EXEC_INFO" || exit 1
echo x >> asked
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'"$1-$REGION-$(wc -l < asked | tr -d ' ')"'","expirationTimestamp":"2026-11-26T12:15:00Z"}}'
`,
    );
    chmodSync(program, 0o755);
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      ...{ command: './login', args: ['shop'], env: [{ name: 'REGION', value: 'eu' }] },
    };
    write('config', config({}, { exec }));
    const access = await open();
    expect(await access.credentials()).toEqual({ token: 'shop-eu-1' });
    expect(await access.credentials()).toEqual({ token: 'shop-eu-1' });
    now = Date.parse('2026-11-26T12:14:30Z');
    expect(await access.credentials()).toEqual({ token: 'shop-eu-2' });
  });

  it('shows nothing of what a program printed', async () => {
    write(
      'config',
      config(
        {},
        { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'echo', args: ['s3cr3t'] } },
      ),
    );
    const error = await (await open()).credentials().catch((fault: unknown) => fault);
    expect(error).toMatchObject({ code: 'TOOL_FAILED' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('s3cr3t');
  });

  it.each([
    ['no verification', config({ 'insecure-skip-tls-verify': true }, {}), 'insecure-skip-tls-verify'],
    ['plain HTTP', config({ server: 'http://one.example.com' }, {}), 'not https'],
    ['a proxy', config({ 'proxy-url': 'http://proxy' }, {}), 'proxy-url'],
    ['impersonation', config({}, { as: 'admin' }), 'impersonates'],
    ['a password', config({}, { username: 'me', password: 'x' }), 'password'],
    ['an auth-provider', config({}, { 'auth-provider': { name: 'gcp' } }), 'auth-provider'],
    ['no such context', config({}, {}, { 'current-context': 'other' }), 'no context other'],
    ['no YAML', 'token: "s3cr3t', 'not YAML'],
    ['another shape', 'clusters: 7', 'not as expected at clusters'],
  ])('refuses %s', async (_, text, message) => {
    write('config', text);
    const error = await open().catch((fault: unknown) => fault);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) });
    expect(String((error as Error).message)).not.toContain('s3cr3t');
  });
});

describe('a pod', () => {
  it('is its service account, whose token is read again', async () => {
    write('token', 'first\n');
    write('ca.crt', 'ca');
    const access = inCluster(
      { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' },
      clock,
      folder,
    );
    expect(access.server.href).toBe('https://[fd00::1]:6443/');
    expect(await access.credentials()).toEqual({ token: 'first', ca: 'ca' });
    write('token', 'second\n');
    expect(await access.credentials(true)).toEqual({ token: 'second', ca: 'ca' });
  });

  it('is none without the variables that Kubernetes sets', () => {
    expect(() => inCluster({}, clock, folder)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
