import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { toolIsThere } from '../policy/export-corpus.ts';
import { freePort } from '../policy/registry.ts';

/** moto answers as SQS, SNS and AWS Config do, over their wire protocols. */
const there = await toolIsThere('moto_server', ['--help']);
/** Empty where it is there, else the reason of a skip. In CI a missing one is a failure. */
export const why = there ? '' : ' (skipped: no moto_server found)';

export const REGION = 'eu-west-1';
/** moto asks for some, and believes any. */
export const CREDENTIALS = { accessKeyId: 'testing', secretAccessKey: 'testing' };

export interface Moto {
  endpoint: string;
  stop(): Promise<void>;
}

/** @throws Error when it does not answer within a minute */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const child: ChildProcess = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
  });
  const endpoint = `http://127.0.0.1:${port}`;
  process.env.AWS_ACCESS_KEY_ID = CREDENTIALS.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = CREDENTIALS.secretAccessKey;
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(`${endpoint}/moto-api/data.json`).catch(() => undefined);
    if (answer?.ok === true) break;
    if (tries > 240 || child.exitCode !== null) throw new Error('moto_server does not answer');
    await sleep(250);
  }
  return {
    endpoint,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const over = once(child, 'exit');
      child.kill('SIGKILL');
      await over;
    },
  };
}

/**
 * A way to moto for who asks AWS Config. moto 5.2.5 writes the time of an item as text, and the service's model says a number of seconds: it is
 * put right here, and nothing else.
 */
export async function configDoor(endpoint: string): Promise<{ endpoint: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    try {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
      const answer = await fetch(`${endpoint}${request.url}`, {
        method: request.method ?? 'POST',
        headers: headers as Record<string, string>,
        body: Buffer.concat(parts),
      });
      const text = (await answer.text()).replaceAll(
        /("(?:configurationItemCaptureTime|resourceCreationTime)": ?)"([^"]+)"/g,
        (_, name: string, time: string) =>
          `${name}${Date.parse(/Z|[+]/.test(time) ? time : `${time}Z`) / 1_000}`,
      );
      response.writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? 'application/json',
      });
      response.end(text);
    } catch {
      response.destroy();
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
