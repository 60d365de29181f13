import { readFileSync } from 'node:fs';
import { createServer as createPlain, type RequestListener, type Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ExhibitError } from '../../record/index.ts';
import type { Settings } from '../settings.ts';

/** Most bytes of all headers. */
const HEADER_BYTES = 32_768;
/** Longest time for the headers of a request, milliseconds. */
const HEADERS_MILLISECONDS = 10_000;
const IDLE_MILLISECONDS = 65_000;
/** A handshake that takes longer is cut off. */
const HANDSHAKE_MILLISECONDS = 10_000;

/** An HTTP or HTTPS server with its limits set; it does not listen yet. */
export function makeServer({ tls, limits }: Settings, listener: RequestListener): Server {
  const requestTimeout = limits.request_seconds * 1_000;
  const options = {
    requestTimeout,
    headersTimeout: Math.min(HEADERS_MILLISECONDS, requestTimeout),
    keepAliveTimeout: IDLE_MILLISECONDS,
    // How often connections are looked at for these limits.
    connectionsCheckingInterval: Math.min(1_000, requestTimeout / 4),
    maxHeaderSize: HEADER_BYTES,
    noDelay: true,
  };
  const server =
    tls === undefined
      ? createPlain(options, listener)
      : createSecure(
          { ...options, ...certificates(tls), handshakeTimeout: HANDSHAKE_MILLISECONDS },
          listener,
        );
  server.maxConnections = limits.connections;
  return server;
}

/** Reads the files again, for a certificate that was renewed. */
export function certificates(tls: NonNullable<Settings['tls']>) {
  return {
    cert: readPem(tls.cert),
    key: readPem(tls.key),
    minVersion: 'TLSv1.2' as const,
    // A caller may also come with a token; a certificate that is there must hold, which `authenticate` sees to.
    ...(tls.client_ca === undefined
      ? {}
      : { ca: readPem(tls.client_ca), requestCert: true, rejectUnauthorized: false }),
  };
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', `cannot read ${file}`, { cause, location: { file } });
  }
}

/** @returns the port @throws ExhibitError CONFIG_INVALID where the address cannot be had */
export function listen(server: Server, { host, port }: Settings['listen']): Promise<number> {
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
