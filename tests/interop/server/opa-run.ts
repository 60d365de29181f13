import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Opa } from '../../../src/policy/index.ts';

/** A port of this machine that nothing listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

export interface OpaServer {
  url: string;
  said(): string;
  /** As Kubernetes stops it: OPA sends what it still holds first. */
  stop(): Promise<void>;
}

/** Starts a stock `opa run --server`. @param path what must answer 200 before it is taken for started */
export async function opaServer(
  opa: Opa,
  config: unknown,
  modules: Readonly<Record<string, string>> = {},
  path = '/health?bundles',
): Promise<OpaServer> {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-opa-run-'));
  const port = await freePort();
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  for (const [name, text] of Object.entries(modules)) await writeFile(join(folder, name), text);
  const args = [
    'run',
    '--server',
    `--addr=127.0.0.1:${port}`,
    '--config-file=config.json',
    '--log-level=info',
    '--shutdown-grace-period=10',
    '--skip-version-check',
    ...Object.keys(modules),
  ];
  const child = spawn(opa.path, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const url = `http://127.0.0.1:${port}`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(said);
    return (await fetch(`${url}${path}`).catch(() => undefined))?.status === 200;
  });
  return { url, said: () => said, stop: () => stopped(child) };
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

/** Asks again and again. The time limit is that of the test. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(50);
}
