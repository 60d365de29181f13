import { type ClientHttp2Session, connect } from 'node:http2';
import { type Load, loadOf } from '../load.ts';

/** Message of gRPC: not compressed, its length, its bytes. @see gRPC over HTTP/2 */
function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

const HEADERS = {
  ':method': 'POST',
  ':path': '/envoy.service.auth.v3.Authorization/Check',
  'content-type': 'application/grpc',
  te: 'trailers',
};

/** One connection, as an Envoy has it: many requests at once, ready-made bytes, of the answer only that it allows is read. */
export class Caller {
  readonly #session: ClientHttp2Session;
  readonly #message: Buffer;

  constructor(address: string, message: Buffer) {
    this.#session = connect(`http://${address}`);
    this.#message = framed(message);
  }

  /** @returns whether the request was let through */
  ask(): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const stream = this.#session.request(HEADERS);
      let allowed = false;
      // An answer that allows is \`status {}\` and \`ok_response {}\`: 0a 00 1a 00, behind the five bytes of the frame.
      stream.on('data', (chunk: Buffer) => {
        allowed = chunk[5] === 0x0a && chunk.includes(0x1a);
      });
      stream.on('end', () => resolve(allowed));
      stream.on('error', reject);
      stream.end(this.#message);
    });
  }

  close(): void {
    this.#session.destroy();
  }
}

/** Requests are due at a fixed rate, whatever the answers do. Latency counts from when a request was due. */
export async function atRate(callers: readonly Caller[], rate: number, seconds: number): Promise<Load> {
  const total = Math.round(rate * seconds);
  const latencies: number[] = [];
  let [sent, good, bad] = [0, 0, 0];
  const all = Promise.withResolvers<void>();
  const start = performance.now();
  const tick = () => {
    for (; sent < total && start + (sent * 1_000) / rate <= performance.now(); sent += 1) {
      const due = start + (sent * 1_000) / rate;
      (callers[sent % callers.length] as Caller).ask().then((allowed) => {
        latencies.push(performance.now() - due);
        if (allowed) good += 1;
        else bad += 1;
        if (good + bad === total) all.resolve();
      }, all.reject);
    }
    if (sent < total) setTimeout(tick, 1);
  };
  tick();
  await all.promise;
  return loadOf(good, bad, start, latencies);
}
