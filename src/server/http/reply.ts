import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorCode, ExhibitError, isExhibitError } from '../../record/index.ts';

/** Status of the errors that a caller can cause or meet; every other one is 500. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  REQUEST_INVALID: 400,
  RECORD_INVALID: 400,
  USAGE: 400,
  AUTH_MISSING: 401,
  AUTH_INVALID: 401,
  AUTH_DENIED: 403,
  ENGAGEMENT_OVER: 403,
  APPROVAL_REFUSED: 409,
  NOT_FOUND: 404,
  BLOB_MISSING: 404,
  BLOB_DIGEST: 400,
  REQUEST_TOO_LARGE: 413,
  SERVER_BUSY: 429,
  BUNDLE_MISSING: 503,
  LEDGER_IO: 503,
  LEDGER_BUSY: 503,
  SPOOL_FULL: 503,
};

/** How long a caller that is told to wait should wait, seconds. */
const RETRY_AFTER = '1';

/** An error that its maker gave another status than its code has. */
export function statusOf(error: unknown): number {
  if (!isExhibitError(error)) return 500;
  const own = error.details.status;
  return typeof own === 'number' ? own : (STATUS[error.code] ?? 500);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  sendText(response, status, 'application/json', `${JSON.stringify(value)}\n`);
}

export function sendText(
  response: ServerResponse,
  status: number,
  type: string,
  text: string | Buffer,
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/**
 * Answers with an error. What a defect of ours says stays in the log; the caller learns that there is one.
 * A caller that is still sending is not listened to any longer.
 */
export function sendError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status = statusOf(error);
  const known = isExhibitError(error) && status !== 500 ? error : undefined;
  const body = {
    code: known?.code ?? 'INTERNAL',
    message: known?.message ?? 'a defect of the server; its log says more',
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
  };
  if (status === 401) response.setHeader('www-authenticate', challenge(known));
  const again = status === 429 || (status === 503 && known?.details.again !== false);
  if (again) response.setHeader('retry-after', RETRY_AFTER);
  if (request.complete) {
    sendJson(response, status, body);
    return;
  }
  response.setHeader('connection', 'close');
  // What is on its way is let in and dropped for a moment, else the reset could overtake the answer.
  request.removeAllListeners('data');
  let left = DRAINED_BYTES;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.socket.destroy();
  });
  request.resume();
  const cut = setTimeout(() => request.socket.destroy(), DRAIN_MILLISECONDS).unref();
  request.socket.once('close', () => clearTimeout(cut));
  sendJson(response, status, body);
}

const DRAINED_BYTES = 4 * 1024 * 1024;
const DRAIN_MILLISECONDS = 2_000;

/** @see RFC 6750 section 3 */
function challenge(error: ExhibitError | undefined): string {
  if (error?.code !== 'AUTH_INVALID') return 'Bearer realm="exhibit"';
  const description = error.message.replaceAll(/[^\x20-\x7e]|["\\]/g, "'");
  return `Bearer realm="exhibit", error="invalid_token", error_description="${description}"`;
}

export function requestInvalid(message: string, hint?: string): ExhibitError {
  return new ExhibitError('REQUEST_INVALID', message, hint === undefined ? {} : { hint });
}
