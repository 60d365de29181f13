import { connect, type Socket } from 'node:net';
import { closedLoop as askOn, type Load, loadOf } from '../load.ts';

export type { Load };

export interface Answer {
  status: number;
  /** Bytes of the body. */
  length: number;
  etag: string | undefined;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');

/**
 * One kept-alive connection, one request at a time. It costs the machine little, because the server is measured on the same one:
 * requests are ready-made bytes, and of an answer only its status and length are read.
 */
export class Connection {
  readonly #socket: Socket;
  #head: Buffer = Buffer.alloc(0);
  #left = -1;
  /** The end so far of an answer that comes in chunks, as OPA sends a long one. */
  #chunked: Buffer | undefined;
  #answer: Answer | undefined;
  #done: PromiseWithResolvers<Answer> | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    const broken = () => this.#done?.reject(new Error('the connection ended'));
    socket.on('error', broken);
    socket.on('close', broken);
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Connection(socket)));
      socket.once('error', reject);
    });
  }

  send(...parts: readonly Uint8Array[]): Promise<Answer> {
    this.#done = Promise.withResolvers<Answer>();
    this.#socket.cork();
    for (const part of parts) this.#socket.write(part);
    this.#socket.uncork();
    return this.#done.promise;
  }

  close(): void {
    this.#done = undefined;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    let body = chunk;
    if (this.#left < 0) {
      const all = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
      const end = all.indexOf(HEAD_END);
      if (end < 0) {
        this.#head = all;
        return;
      }
      this.#head = Buffer.alloc(0);
      const head = all.toString('latin1', 0, end);
      const status = Number(head.slice(9, 12));
      const chunked = /\r\ntransfer-encoding: chunked/i.test(head);
      const length =
        status === 304 || chunked ? 0 : Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
      if (Number.isNaN(length)) throw new Error(`an answer without its length: ${head}`);
      this.#answer = { status, length, etag: /\r\netag: ([^\r]+)/i.exec(head)?.[1] };
      this.#left = length;
      this.#chunked = chunked ? Buffer.alloc(0) : undefined;
      body = all.subarray(end + HEAD_END.length);
    }
    if (this.#chunked === undefined) {
      this.#left -= body.length;
      if (this.#left > 0) return;
    } else {
      this.#chunked = Buffer.concat([this.#chunked, body]).subarray(-LAST_CHUNK.length);
      if (!this.#chunked.equals(LAST_CHUNK)) return;
    }
    this.#left = -1;
    const [done, answer] = [this.#done, this.#answer];
    this.#done = undefined;
    if (answer !== undefined) done?.resolve(answer);
  }
}

/** The head of a request with a body of this length. */
export function head(
  method: string,
  path: string,
  length: number,
  headers: Readonly<Record<string, string>>,
): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${length}\r\n${lines.join('')}\r\n`,
  );
}

/** Every connection sends the next request as soon as it has its answer. */
export function closedLoop(
  connections: readonly Connection[],
  seconds: number,
  next: () => readonly Uint8Array[],
): Promise<Load> {
  const asking = connections.map(
    (connection) => async () => (await connection.send(...next())).status === 200,
  );
  return askOn(asking, seconds);
}

/**
 * Requests are due at a fixed rate, whatever the answers do, and wait for a free connection; that wait counts. A server that
 * stalls is not spared the requests that would have come meanwhile.
 */
export async function openLoop(
  connections: readonly Connection[],
  seconds: number,
  rate: number,
  next: () => readonly Uint8Array[],
): Promise<Load> {
  const free = [...connections];
  const due: number[] = [];
  const latencies: number[] = [];
  let [good, bad, sent] = [0, 0, 0];
  const total = Math.round(rate * seconds);
  const start = performance.now();
  const all = Promise.withResolvers<void>();
  const run = async (connection: Connection) => {
    for (let at = due.shift(); at !== undefined; at = due.shift()) {
      const { status } = await connection.send(...next());
      latencies.push(performance.now() - at);
      if (status === 200) good += 1;
      else bad += 1;
    }
    free.push(connection);
    if (good + bad === total) all.resolve();
  };
  const tick = () => {
    const now = performance.now();
    for (; sent < total && start + (sent * 1_000) / rate <= now; sent += 1)
      due.push(start + (sent * 1_000) / rate);
    while (due.length > 0 && free.length > 0) run(free.pop() as Connection).catch(all.reject);
    if (sent < total) setTimeout(tick, 1);
  };
  tick();
  await all.promise;
  return loadOf(good, bad, start, latencies);
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
