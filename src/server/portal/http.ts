import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PORTAL_STYLE } from '../../web/index.ts';
import { readBody } from '../http/body.ts';
import type { Queue } from '../http/queue.ts';
import { requestInvalid } from '../http/reply.ts';

const pack = promisify(gzip);
const STYLE_HASH = createHash('sha256').update(PORTAL_STYLE).digest('base64');

/** No script, no picture, no font, nothing from elsewhere; the one style sheet by its hash; forms only to this server. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

export const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
};

/** Longest form, bytes. */
const MOST_FORM = 65_536;

export async function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  page: string,
): Promise<void> {
  const plain = Buffer.from(page);
  const zipped = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  const body = zipped ? await pack(plain) : plain;
  response.writeHead(status, {
    ...HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'content-length': body.length,
    vary: 'accept-encoding',
    ...(zipped ? { 'content-encoding': 'gzip' } : {}),
  });
  response.end(body);
}

/** Goes on with GET. @param to path of this server, or the address of an issuer that the settings name */
export function redirect(response: ServerResponse, to: string): void {
  response.writeHead(303, { ...HEADERS, location: to, 'content-length': 0 });
  response.end();
}

/** Fields of a form; of one that is there twice, none is believed. @throws ExhibitError REQUEST_INVALID, REQUEST_TOO_LARGE */
export async function readForm(
  request: IncomingMessage,
  app: { queue: Queue },
): Promise<Record<string, string>> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') throw requestInvalid('this takes a form');
  const body = await readBody(request, MOST_FORM, app.queue);
  try {
    const fields = new URLSearchParams(body.bytes.toString('utf8'));
    const found = Object.create(null) as Record<string, string>;
    for (const [name, value] of fields) {
      if (name in found) throw requestInvalid('a field is there twice');
      found[name] = value;
    }
    return found;
  } finally {
    body.done();
  }
}

/**
 * True where a browser says that a page of this server sent the form, or says nothing. Pages of the portal send no referrer, with which
 * browsers send `Origin: null`: that says nothing, and the token in the form says the rest.
 */
export function isOwnForm({ headers }: IncomingMessage, origin: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const from = headers.origin;
  return from === undefined || from === 'null' || from === origin;
}
