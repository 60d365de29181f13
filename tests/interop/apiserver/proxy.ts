import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as https } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { certificatesIn } from '../server/openssl.ts';
import type { ApiServer } from './server.ts';

/** What a proxy does with a request in place of passing it on: true where it did. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A real proxy before an API server, which can be told to answer itself. */
export interface FaultyProxy {
  address: string;
  ca: string;
  /** Paths with their queries, in order. */
  asked: string[];
  /** For each request from now on; undefined passes all on. */
  fault: Fault | undefined;
  /** Ends every connection that is open now. */
  cut(): void;
  stop(): Promise<void>;
}

/** @param folder for its certificate */
export async function startProxy(api: ApiServer, folder: string): Promise<FaultyProxy> {
  certificatesIn(folder).authority('proxy', '-addext', 'subjectAltName=IP:127.0.0.1');
  const ca = readFileSync(join(folder, 'proxy.pem'), 'utf8');
  const asked: string[] = [];
  const server = createServer({ cert: ca, key: readFileSync(join(folder, 'proxy.key')) });
  const proxy: FaultyProxy = {
    address: '',
    ca,
    asked,
    fault: undefined,
    cut: () => server.closeAllConnections(),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    asked.push(request.url ?? '');
    if (proxy.fault?.(request, response) === true) return;
    const { host: _, ...headers } = request.headers;
    const onward = https(
      `${api.address}${request.url}`,
      { method: request.method, headers, ca: api.ca },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
        answer.once('error', () => response.destroy());
      },
    );
    onward.once('error', () => response.destroy());
    response.once('close', () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  proxy.address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;
}
