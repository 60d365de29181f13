import type { ServerResponse } from 'node:http';
import { ExhibitError } from '../../record/index.ts';
import type { App, Handler, Route } from '../app.ts';
import { waitOf } from '../http/prefer.ts';
import { DISCOVERY } from './discovery.ts';

/** By this type a server says that it holds a request until there is something new. @see OPA, "Bundle Service API" */
const LONG_POLL = 'application/vnd.openpolicyagent.bundles';

interface Served {
  tar: Buffer;
  etag: string;
}

/**
 * One bundle, always whole: OPA's delta bundles can be neither signed nor kept on disk, and change data only. With If-None-Match
 * and `Prefer: wait=N` the answer comes when there is another one, or 304 after N seconds.
 */
const getBundle: Handler = ({ request, response, rest }, app) => {
  const name = rest.replace(/\.tar\.gz$/, '');
  const find = (): Served | undefined => (name === DISCOVERY ? app.discovery : app.bundles.get(name));
  const served = find();
  if (served === undefined) throw unknown(app, name);
  const wait = Math.min(waitOf(request), app.settings.limits.wait_seconds);
  const type = wait > 0 ? LONG_POLL : 'application/gzip';
  const asked = request.headers['if-none-match'];
  if (!matches(asked, served.etag)) {
    send(response, type, served);
    return;
  }
  if (wait === 0 || app.stopping()) {
    notModified(response, type, served);
    return;
  }
  return new Promise((resolve) => {
    const woken = Promise.withResolvers<void>();
    const timer = setTimeout(woken.resolve, wait * 1_000);
    response.once('close', woken.resolve);
    const stop = app.bundles.wait(name, woken.resolve);
    void woken.promise.then(() => {
      clearTimeout(timer);
      stop();
      const now = find() ?? served;
      if (response.destroyed || response.headersSent) resolve();
      else if (matches(asked, now.etag)) notModified(response, type, now);
      else send(response, type, now);
      resolve();
    });
  });
};

function unknown(app: App, name: string): ExhibitError {
  if (app.bundles.missing.includes(name))
    return new ExhibitError('NOT_FOUND', `nothing that verified was found for the bundle ${name} yet`, {
      details: { status: 503 },
    });
  return new ExhibitError('NOT_FOUND', `there is no bundle ${JSON.stringify(name)}`);
}

/** @see RFC 9110 section 13.1.2: by the weak comparison, and `*` is whatever there is */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}

function send(response: ServerResponse, type: string, { tar, etag }: Served): void {
  response.writeHead(200, {
    'content-type': type,
    etag,
    'content-length': tar.length,
    'cache-control': 'no-cache',
  });
  response.end(tar);
}

function notModified(response: ServerResponse, type: string, { etag }: Served): void {
  response.writeHead(304, { 'content-type': type, etag });
  response.end();
}

export const BUNDLE_ROUTES: readonly Route[] = [
  { name: 'bundle', method: 'GET', path: '/bundles/', roles: [], handle: getBundle },
];
