import { createServer as createPlain, type RequestListener, type Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ExhibitError } from '../../record/index.ts';
import type { Settings } from '../settings.ts';
import type { Certificates } from './certificates.ts';

/** Most bytes of all headers. */
const HEADER_BYTES = 32_768;
/** Longest time for the headers of a request, milliseconds. */
const HEADERS_MILLISECONDS = 10_000;
const IDLE_MILLISECONDS = 65_000;
/** A handshake that takes longer is cut off. */
const HANDSHAKE_MILLISECONDS = 10_000;

/**
 * An HTTP server, or with certificates an HTTPS server, with its limits set; it does not listen yet.
 * @param certificates files of `tls`, where that is set
 */
export function makeServer(
  { tls, limits }: Settings,
  listener: RequestListener,
  certificates: Certificates | undefined,
): Server {
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
    certificates === undefined
      ? createPlain(options, listener)
      : createSecure(
          {
            ...options,
            ...certificates.options,
            // A caller may also come with a token; a certificate that is there must hold, which `authenticate` sees to.
            ...(tls?.client_ca === undefined ? {} : { requestCert: true, rejectUnauthorized: false }),
            handshakeTimeout: HANDSHAKE_MILLISECONDS,
          },
          listener,
        );
  server.maxConnections = limits.connections;
  return server;
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
