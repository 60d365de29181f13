import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What goes wrong between a client and a store that works. `lost`, `late500`, `half`, `slow` and `twice` have done what was asked; the client
 * cannot know it, or it was done once more.
 */
export const FAULTS = [
  '500',
  'slowdown',
  'closed',
  'lost',
  'late500',
  'half',
  'slow',
  'twice',
  'flipped',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface S3Proxy {
  endpoint: string;
  /** Decides about the next requests; undefined: nothing goes wrong. */
  next: (asked: { method: string; path: string; count: number }) => Fault | 'drip' | Refusal | undefined;
  /** How often each fault came, and how many requests there were. */
  readonly seen: Map<string, number>;
  readonly requests: number;
  stop(): Promise<void>;
}

/** An answer of the store's own kind, instead of asking it. */
export interface Refusal {
  status: number;
  code: string;
}

/** Longer than the client of a test waits. */
const SLOW_MILLISECONDS = 1_500;
/** Together longer than that, each of them shorter. */
const DRIPS = 8;
const DRIP_MILLISECONDS = 250;

/** An HTTP proxy in front of an S3 server. Signatures hold: the name that the client asked for goes through. */
export async function startS3Proxy(target: string): Promise<S3Proxy> {
  const { hostname, port } = new URL(target);
  const seen = new Map<string, number>();
  let count = 0;

  const forward = (from: IncomingMessage, body: Buffer): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const to = request(
        { hostname, port, method: from.method, path: from.url, headers: from.headers, agent: false },
        async (answer) => {
          const parts: Buffer[] = [];
          try {
            for await (const part of answer) parts.push(part as Buffer);
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.rawHeaders,
              body: Buffer.concat(parts),
            });
          } catch (error) {
            reject(error);
          }
        },
      );
      to.on('error', reject);
      to.end(body);
    });

  const serve = async (from: IncomingMessage, to: ServerResponse) => {
    count += 1;
    // A client that waits for it sends its body only then.
    if (from.headers.expect !== undefined) to.writeContinue();
    const parts: Buffer[] = [];
    for await (const part of from) parts.push(part as Buffer);
    delete from.headers.expect;
    const body = Buffer.concat(parts);
    const fault = proxy.next({ method: from.method ?? '', path: from.url ?? '', count });
    if (fault !== undefined) {
      const name = typeof fault === 'string' ? fault : fault.code;
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
    if (typeof fault === 'object') return refuse(from, to, fault);
    switch (fault) {
      case undefined:
        return give(to, await forward(from, body));
      case '500':
        return refuse(from, to, { status: 500, code: 'InternalError' });
      case 'slowdown':
        return refuse(from, to, { status: 503, code: 'SlowDown' });
      case 'closed':
        from.socket.destroy();
        return;
      case 'lost':
        await forward(from, body);
        from.socket.destroy();
        return;
      case 'late500':
        await forward(from, body);
        return refuse(from, to, { status: 500, code: 'InternalError' });
      case 'half': {
        const answer = await forward(from, body);
        to.writeHead(answer.status, answer.headers);
        to.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)));
        await sleep(20);
        from.socket.destroy();
        return;
      }
      case 'slow': {
        const answer = await forward(from, body);
        await sleep(SLOW_MILLISECONDS);
        return give(to, answer);
      }
      case 'drip': {
        const answer = await forward(from, body);
        to.writeHead(answer.status, answer.headers);
        for (let part = 0; part < DRIPS; part += 1) {
          await sleep(DRIP_MILLISECONDS);
          const size = Math.ceil(answer.body.length / DRIPS);
          to.write(answer.body.subarray(part * size, (part + 1) * size));
        }
        to.end();
        return;
      }
      case 'twice':
        await forward(from, body);
        return give(to, await forward(from, body));
      case 'flipped': {
        const answer = await forward(from, body);
        const at = Math.floor(answer.body.length / 2);
        // Only objects: a list whose bytes changed would be another list, and nothing could tell.
        if (
          from.method === 'GET' &&
          !/[?&](list-type|versions)/.test(from.url ?? '') &&
          answer.status === 200
        )
          answer.body[at] = (answer.body[at] ?? 0) ^ 1;
        return give(to, answer);
      }
    }
  };
  const server = createServer((from, to) => {
    serve(from, to).catch(() => from.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: S3Proxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: () => undefined,
    seen,
    get requests() {
      return count;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}

interface Answer {
  status: number;
  headers: string[];
  body: Buffer;
}

function give(to: ServerResponse, { status, headers, body }: Answer): void {
  to.writeHead(status, headers);
  to.end(body);
}

function refuse(from: IncomingMessage, to: ServerResponse, { status, code }: Refusal): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  to.writeHead(status, { 'content-type': 'application/xml' });
  to.end(from.method === 'HEAD' ? '' : body);
}

/** The same faults in the same order for the same seed: every n-th request on average. */
export function faultsOf(
  seed: number,
  share: number,
  kinds: readonly Fault[] = FAULTS,
): () => Fault | undefined {
  // mulberry32, a small generator of known quality; https://github.com/cprosche/mulberry32
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return () => (random() < share ? kinds[Math.floor(random() * kinds.length)] : undefined);
}
