import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBundleSetting } from '../read-settings.ts';
import { BundleMirror } from './mirror.ts';

describe('a copy of a bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-mirror-'));
  const file = join(folder, 'state', 'bundle.tar.gz');
  const signal = new AbortController().signal;
  let server: Server;
  let answer: { status: number; body?: string };
  let said: string[];
  let mirror: BundleMirror;

  beforeEach(async () => {
    rmSync(join(folder, 'state'), { recursive: true, force: true });
    answer = { status: 200, body: 'one' };
    said = [];
    server = createServer((request, response) => {
      const { status, body } = answer;
      const etag = `"${body}"`;
      const same = request.headers['if-none-match'] === etag;
      response.writeHead(status === 200 && same ? 304 : status, { etag });
      response.end(status === 200 && !same ? body : undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const setting = join(folder, 'bundle.yaml');
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/bundles/main`;
    writeFileSync(setting, `bundles:\n  - {name: main, keys: [k.pem], http: {url: "${url}"}}\n`);
    mirror = new BundleMirror(readBundleSetting(setting), {
      file,
      random: (length) => new Uint8Array(length),
      log: (level, event) => void said.push(`${level} ${event}`),
    });
  });
  afterEach(() => {
    mirror.close();
    server.closeAllConnections();
    server.close();
  });

  it('follows its place, and stays while that is away, which is said once', async () => {
    await mirror.refresh(signal);
    expect(readFileSync(file, 'utf8')).toBe('one');
    answer = { status: 200, body: 'two' };
    await mirror.refresh(signal);
    expect(readFileSync(file, 'utf8')).toBe('two');
    answer = { status: 403 };
    await mirror.refresh(signal);
    await mirror.refresh(signal);
    expect(readFileSync(file, 'utf8')).toBe('two');
    answer = { status: 200, body: 'two' };
    await mirror.refresh(signal);
    expect(said).toEqual([
      'warn the bundle cannot be read; the last one goes on',
      'info the bundle can be read again',
    ]);
  });

  it('a file of settings that names no place, or an unsafe one, is refused with its line', () => {
    const setting = join(folder, 'other.yaml');
    for (const [text, message] of [
      ['bundles: []\n', /bundles/],
      ['bundles:\n  - {name: main, keys: [k], http: {url: "http://other.example/b"}}\n', /not https/],
    ] as const) {
      writeFileSync(setting, text);
      expect(() => readBundleSetting(setting)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) }),
      );
    }
  });
});
