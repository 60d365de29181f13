import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Opa } from '../../../src/policy/index.ts';

export interface OpaServer {
  /** The Data API: a rule with an input. */
  ask(path: string, input: unknown): Promise<unknown>;
  /** The Query API: the value that a query binds to `answer`. */
  query(query: string, input: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** A stock `opa run` that verifies a bundle with a public key; both are files of the folder. */
export async function serveOpa(opa: Opa, folder: string, bundle: string, key: string): Promise<OpaServer> {
  const port = await freePort();
  const args = ['run', '--server', '--disable-telemetry', `--addr=127.0.0.1:${port}`, '--signing-alg=ES256'];
  const child = spawn(opa.path, [...args, `--verification-key=${key}`, '-b', bundle], {
    cwd: folder,
    stdio: 'pipe',
  });
  const ended = once(child, 'exit');
  for (let tries = 0; ; tries += 1) {
    const up = await fetch(`http://127.0.0.1:${port}/health`).then(
      (reply) => reply.ok,
      () => false,
    );
    if (up) break;
    if (tries > 100 || child.exitCode !== null) throw new Error('opa did not start');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const post = async (path: string, body: unknown): Promise<unknown> => {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    return reply.json();
  };
  return {
    ask: async (path, input) => ((await post(`/v1/data/${path}`, { input })) as { result?: unknown }).result,
    query: async (query, input) => {
      const said = (await post('/v1/query', { query, input })) as { result?: { answer: unknown }[] };
      if (said.result === undefined) throw new Error(JSON.stringify(said));
      return said.result[0]?.answer;
    },
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
