import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
// Not part of the lake's contract: a ledger with decisions for tests.
import { type Fixture, makeFixture } from '../../src/lake/testing/fixture.ts';
import { BIN } from '../acceptance/workshop.ts';

let lake: Fixture;
let folder: string;
let server: Server;
/** Keys of what arrived; the child that waits for the answer is killed while `kill` is set. */
let arrived: (string | undefined)[];
let child: ChildProcess;
let kill: boolean;

beforeEach(async () => {
  lake = await makeFixture('2026-03-01T09:00:00.000Z');
  await lake.decide(undefined, ['encrypted', 'db/1', 'fail', { layer: 'runtime', disposition: 'observed' }]);
  folder = mkdtempSync(join(tmpdir(), 'exhibit-notify-'));
  arrived = [];
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      arrived.push(request.headers['webhook-id']?.toString());
      // It has the message; the sender never learns it.
      if (kill) child.kill('SIGKILL');
      else response.end('ok');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterEach(async () => {
  await new Promise((done) => server.close(done));
  await lake.remove();
  rmSync(folder, { recursive: true, force: true });
});

function configure(channel: string): void {
  writeFileSync(join(folder, 'respond.yaml'), `channels:\n  - {name: desk, ${channel}}\n`);
}

async function notify(...flags: string[]): Promise<number | null> {
  const { port } = server.address() as AddressInfo;
  const env = {
    ...process.env,
    ...{ EXHIBIT_STATE: join(folder, 'state'), HOOK: `http://127.0.0.1:${port}/` },
    HOOK_SECRET: 'a secret of more than 24 bytes',
  };
  const words = [BIN, 'findings', 'notify', '--evidence', lake.folder, ...flags];
  child = spawn(process.execPath, words, { cwd: folder, env, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  return code;
}

describe('a process that tells is killed after the receiver has the message', () => {
  it('a webhook gets it again with the same key, then never again', async () => {
    configure('kind: webhook, url: {env: HOOK}, secret: {env: HOOK_SECRET}');
    kill = true;
    expect(await notify()).toBeNull();
    kill = false;
    expect([await notify(), await notify()]).toEqual([0, 0]);
    expect(arrived).toHaveLength(2);
    expect(new Set(arrived).size).toBe(1);
  }, 60_000);

  it('a chat gets it once: the next run says that it may have arrived', async () => {
    configure('kind: slack, url: {env: HOOK}');
    kill = true;
    expect(await notify()).toBeNull();
    kill = false;
    expect([await notify(), await notify()]).toEqual([3, 3]);
    expect(arrived).toHaveLength(1);
    // Somebody looked, and it is not there.
    expect([await notify('--resend'), await notify()]).toEqual([0, 0]);
    expect(arrived).toHaveLength(2);
  }, 60_000);
});
