import { readFileSync } from 'node:fs';
import { type IncomingMessage, Agent as PlainAgent, request as plain } from 'node:http';
import { Agent as SecureAgent, request as secure } from 'node:https';
import { z } from 'zod';
import { type Digest, ERROR_CODES, type ErrorCode, ExhibitError } from '../record/index.ts';
import type { RefusedRecord, Sink } from './types.ts';

/** A slower answer is given up, milliseconds. */
const TIMEOUT = 60_000;
/** Longest answer that is read. */
const MOST_ANSWER = 8 * 1024 * 1024;
const CONNECTIONS = 2;

export interface HttpSinkOptions {
  /** Of the evidence server; https, but on this machine. */
  url: URL;
  /** Read before each request, because tokens are renewed. @throws ExhibitError */
  token(): string;
  /** File with the authorities that the server's certificate is verified with, PEM; left out: those of the system. */
  ca?: string;
}

const answerSchema = z.object({
  refused: z.array(z.object({ line: z.int().positive(), code: z.string(), message: z.string() })).default([]),
});

/** An exhibit server, over HTTP. */
export function httpSink(options: HttpSinkOptions): Sink {
  const { url } = options;
  const agent =
    url.protocol === 'https:'
      ? new SecureAgent({ keepAlive: true, maxSockets: CONNECTIONS })
      : new PlainAgent({ keepAlive: true, maxSockets: CONNECTIONS });
  const send = async (path: string, body: readonly Uint8Array[]): Promise<z.infer<typeof answerSchema>> => {
    const { status, text } = await post(new URL(path, url), body, agent, options);
    return answerOf(status, text, url);
  };
  return {
    async putBlobs(blobs) {
      await send(
        '/v1/blobs',
        [...blobs].flatMap(([digest, bytes]) => [blobHead(digest, bytes), bytes]),
      );
    },
    async take(records) {
      const { refused } = await send('/v1/records', [Buffer.from(records.map((one) => `${one}\n`).join(''))]);
      // Who may send what is mended by a person, and then all of it is taken: nothing is given up for that.
      const denied = refused.find(({ code }) => code.startsWith('AUTH_'));
      if (denied !== undefined) throw away(url, `it denies a record: ${denied.message}`, 'AUTH_DENIED');
      return refused.map(({ line, code, message }): RefusedRecord => {
        const record = records[line - 1];
        if (record === undefined) throw away(url, 'it refuses what was not sent');
        return { code, message, record };
      });
    },
    close: () => agent.destroy(),
  };
}

/** One line before each blob: its digest and its length. @see docs/reference/server.md */
function blobHead(digest: Digest, { length }: Uint8Array): Uint8Array {
  return Buffer.from(`${digest} ${length}\n`);
}

interface Answer {
  status: number;
  text: string;
}

function post(
  url: URL,
  body: readonly Uint8Array[],
  agent: PlainAgent | SecureAgent,
  { token, ca }: HttpSinkOptions,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body.reduce((sum, part) => sum + part.length, 0);
    const options = {
      method: 'POST',
      agent,
      headers: {
        authorization: `Bearer ${token()}`,
        'content-type': 'application/octet-stream',
        'content-length': length,
      },
      signal: AbortSignal.timeout(TIMEOUT),
      ...(ca === undefined ? {} : { ca: readAuthority(ca) }),
    };
    const failed = (cause: Error) => reject(away(url, cause.message, 'SERVER_UNREACHABLE', cause));
    const sent = (url.protocol === 'https:' ? secure : plain)(url, options, (response) =>
      read(response).then(resolve, failed),
    );
    sent.on('error', failed);
    for (const part of body) sent.write(part);
    sent.end();
  });
}

function read(response: IncomingMessage): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    response.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MOST_ANSWER) response.destroy(new Error('the answer is too long'));
      chunks.push(chunk);
    });
    response.once('error', reject);
    response.once('aborted', () => reject(new Error('the answer was cut off')));
    response.once('end', () =>
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
    );
  });
}

function readAuthority(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', `cannot read the authority ${file}`, {
      cause,
      location: { file },
    });
  }
}

const errorSchema = z
  .object({ code: z.string().default(''), message: z.string().default('') })
  .catch({ code: '', message: '' });

function answerOf(status: number, text: string, url: URL): z.infer<typeof answerSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw away(url, `its answer (${status}) is none of an exhibit server`);
  }
  if (status === 200 || status === 207 || status === 422) {
    const parsed = answerSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw away(url, `its answer (${status}) is none of an exhibit server`);
  }
  const { code, message } = errorSchema.parse(value);
  throw away(url, `${status} ${message}`, isCode(code) ? code : 'SERVER_UNREACHABLE');
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}

/** Nothing is known of what was sent: it is sent again. */
function away(url: URL, why: string, code: ErrorCode = 'SERVER_UNREACHABLE', cause?: unknown): ExhibitError {
  return new ExhibitError(code, `${url.origin} takes no records now: ${why}`, {
    ...(cause === undefined ? {} : { cause }),
    hint: 'What was not acknowledged is kept and sent again.',
  });
}
