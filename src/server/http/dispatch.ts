import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { ExhibitError, isExhibitError } from '../../record/index.ts';
import type { App, Route } from '../app.ts';
import { type Identity, requireRole } from '../auth/identity.ts';
import { sendError, statusOf } from './reply.ts';

/** Finds the route, then who calls, then whether that one may; what a handler throws becomes the answer. */
export function dispatcher(routes: readonly Route[], app: App): RequestListener {
  const exact = new Map(
    routes.filter(({ path }) => !path.endsWith('/')).map((route) => [keyOf(route), route]),
  );
  const prefixes = routes.filter(({ path }) => path.endsWith('/'));
  const find = (method: string, path: string): Route | undefined =>
    exact.get(`${method} ${path}`) ??
    prefixes.find((route) => route.method === method && path.startsWith(route.path));
  const known = (path: string) =>
    routes.filter(
      (route) => route.path === path || (route.path.endsWith('/') && path.startsWith(route.path)),
    );

  return (request, response) => {
    const started = performance.now();
    const path = (request.url ?? '').replace(/[?#].*$/s, '');
    const route = find(request.method ?? '', path);
    response.on('error', () => undefined);
    response.once('close', () => {
      const name = route?.name ?? 'unknown';
      app.metrics.observe(name, (performance.now() - started) / 1_000);
      app.metrics.add('requests_total', { route: name, status: String(response.statusCode) });
    });
    const run = async () => {
      if (route === undefined) throw noRoute(path, known(path), response);
      const identity = await identify(request, route, app);
      const rest = route.path.endsWith('/') ? decode(path.slice(route.path.length)) : '';
      await route.handle({ request, response, rest, identity }, app);
    };
    run().catch((error: unknown) => fail(request, response, error, route?.name, app));
  };
}

/** Who shows a token or a certificate is held to it, also where anyone may come in. */
async function identify(request: IncomingMessage, route: Route, app: App): Promise<Identity> {
  const known = route.identify?.(request, app.settings);
  if (known !== undefined) return known;
  const open = route.anyone?.(app.settings) === true;
  try {
    const identity = await app.authenticate(request);
    if (route.roles.length > 0) requireRole(identity, route.roles);
    return identity;
  } catch (error) {
    if (open && isExhibitError(error, 'AUTH_MISSING')) return NOBODY;
    throw error;
  }
}

const NOBODY: Identity = { name: 'anyone', verified_by: 'none', roles: [], emitters: [] };

const keyOf = ({ method, path }: Route) => `${method} ${path}`;

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ExhibitError('REQUEST_INVALID', 'the path is not percent-encoded UTF-8');
  }
}

function noRoute(path: string, others: readonly Route[], response: ServerResponse): ExhibitError {
  if (others.length === 0) return new ExhibitError('NOT_FOUND', `there is no ${path}`);
  const methods = others.map(({ method }) => method).join(', ');
  response.setHeader('allow', methods);
  return new ExhibitError('REQUEST_INVALID', `${path} takes ${methods}`, { details: { status: 405 } });
}

function fail(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  route: string | undefined,
  app: App,
): void {
  const status = statusOf(error);
  const code = isExhibitError(error) ? error.code : 'INTERNAL';
  if (status === 401 || status === 403) {
    app.metrics.add('auth_refused_total', { code });
    app.log('warn', 'refused', {
      route,
      code,
      message: (error as Error).message,
      from: request.socket.remoteAddress,
    });
  } else if (status >= 500) {
    const message = error instanceof Error ? error.message : String(error);
    app.log('error', 'request failed', { route, code, message });
  }
  sendError(request, response, error);
}
