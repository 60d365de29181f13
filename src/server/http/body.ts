import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ExhibitError } from '../../record/index.ts';
import type { Queue } from './queue.ts';
import { requestInvalid } from './reply.ts';

const unzip = promisify(gunzip);

/** What a handler has of the body, and how to give its place in the queue back. */
export interface Body {
  bytes: Buffer;
  /** To be called once, when nothing of the body is held any longer. */
  done(): void;
}

/**
 * Reads the body of a request into memory, unpacked where it came with gzip. It counts against the queue as it comes in, so that a
 * slow caller holds no more than what it sent.
 * @param limit most bytes, also after unpacking
 * @throws ExhibitError REQUEST_TOO_LARGE as soon as the limit is passed (or announced), SERVER_BUSY, REQUEST_INVALID
 */
export async function readBody(request: IncomingMessage, limit: number, queue: Queue): Promise<Body> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) throw tooLarge(limit);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw requestInvalid(`content-encoding ${JSON.stringify(encoding)}: only gzip is taken`);
  let held = 0;
  const hold = (bytes: number) => {
    queue.enter(bytes);
    held += bytes;
  };
  const done = () => {
    queue.leave(held);
    held = 0;
  };
  try {
    const raw = await collect(request, limit, hold);
    if (encoding === 'identity') return { bytes: raw, done };
    const bytes = await unpack(raw, limit);
    hold(bytes.length);
    return { bytes, done };
  } catch (error) {
    done();
    throw error;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** @throws ExhibitError REQUEST_INVALID */
export function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    throw requestInvalid('the body is not JSON in UTF-8');
  }
}

function collect(request: IncomingMessage, limit: number, hold: (bytes: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      try {
        length += chunk.length;
        if (length > limit) throw tooLarge(limit);
        hold(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        reject(error);
      }
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    const cut = () => reject(requestInvalid('the connection ended within the request'));
    request.on('error', cut);
    request.on('close', () => {
      if (!request.complete) cut();
    });
  });
}

async function unpack(raw: Buffer, limit: number): Promise<Buffer> {
  try {
    return await unzip(raw, { maxOutputLength: limit });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    throw requestInvalid('the body is not gzip');
  }
}

export function tooLarge(limit: number): ExhibitError {
  return new ExhibitError('REQUEST_TOO_LARGE', `the request is longer than ${limit} bytes`, {
    hint: 'Send smaller batches.',
  });
}
