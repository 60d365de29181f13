import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ExhibitError } from '../record/index.ts';
import { TLOG_SIZE_TYPE } from '../verify/index.ts';
import type { Answer } from './witness.ts';

/** A body of at most so many bytes; undefined for a longer one, which is not read on. */
export async function readBody(request: IncomingMessage, most: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > most) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function refuseBody(request: IncomingMessage, response: ServerResponse, most: number): void {
  response.setHeader('connection', 'close');
  sendText(response, 413, `the request is longer than ${most} bytes\n`);
  // What is on its way is dropped for a moment, else the reset could overtake the answer.
  request.resume();
  const cut = setTimeout(() => request.socket.destroy(), 500).unref();
  request.socket.once('close', () => clearTimeout(cut));
}

export function sendAnswer(response: ServerResponse, answer: Answer): void {
  switch (answer.status) {
    case 200:
      sendText(response, 200, answer.lines);
      break;
    case 409:
      sendText(response, 409, `${answer.size}\n`, TLOG_SIZE_TYPE);
      break;
    default:
      sendText(response, answer.status, `${answer.message}\n`);
  }
}

export function sendText(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new ExhibitError(
          'CONFIG_INVALID',
          `cannot listen on ${host}:${port}: ${cause.code ?? cause.message}`,
          {
            cause,
          },
        ),
      ),
    );
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
