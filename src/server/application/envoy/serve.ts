import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import { ExhibitError, isExhibitError } from '../../../record/index.ts';
import type { App } from '../../app.ts';
import type { Certificates } from '../../http/certificates.ts';
import { isLoopback } from '../../loopback.ts';
import type { Asker } from '../record.ts';
import type { AuthzSettings } from '../settings.ts';
import { check } from './check.ts';
import { certificateHolder, Renewable } from './credentials.ts';
import { CHECK_PATH, decodeCheck, type PlainMessage } from './proto.ts';
import { Requests } from './requests.ts';

export interface AuthzServer {
  port: number;
  /** Takes up renewed certificates for new connections. */
  renew(options: Certificates['options']): void;
  /** Finishes the calls that are under way; after the time all others are cut off. */
  stop(milliseconds: number): Promise<void>;
}

const KEEPALIVE = 60_000;
const IDLE = 300_000;

/** Whether the listener has TLS: always beyond this machine. */
export function hasTls({ tls, listen }: AuthzSettings): boolean {
  return tls ?? !isLoopback(listen.host);
}

/**
 * Envoy's external authorisation over gRPC, `envoy.service.auth.v3.Authorization`. With TLS each caller shows a certificate that
 * `auth.mtls` names; without it only this machine is listened to.
 * @param certificates files of `tls`, where the listener has TLS
 * @throws ExhibitError CONFIG_INVALID where the address cannot be had
 */
export async function serveAuthz(
  settings: AuthzSettings,
  app: App,
  certificates: Certificates | undefined,
): Promise<AuthzServer> {
  const server = new Server({
    'grpc.max_receive_message_length': settings.message_bytes,
    'grpc.max_concurrent_streams': settings.streams,
    'grpc.keepalive_time_ms': KEEPALIVE,
    'grpc.max_connection_idle_ms': IDLE,
    'grpc-node.max_session_memory': 32,
  });
  const requests = new Requests(app, settings);
  const known = new WeakMap<object, Asker>();
  const handle = (call: ServerUnaryCall<PlainMessage, Buffer>, answer: sendUnaryData<Buffer>): void => {
    const started = performance.now();
    const done = (outcome: string) => {
      app.metrics.observe('authz', (performance.now() - started) / 1_000);
      app.metrics.add('requests_total', { route: 'authz', status: outcome });
    };
    let asker: Asker;
    try {
      asker = certificates === undefined ? local(app) : whoAsks(call, known, app);
    } catch (error) {
      done('16');
      const code = isExhibitError(error) ? error.code : 'INTERNAL';
      app.metrics.add('auth_refused_total', { code });
      app.log('warn', 'refused', {
        route: 'authz',
        code,
        message: (error as Error).message,
        from: call.getPeer(),
      });
      const denied = code === 'AUTH_DENIED';
      answer({
        code: denied ? status.PERMISSION_DENIED : status.UNAUTHENTICATED,
        details: (error as Error).message,
      });
      return;
    }
    void check(call.request, asker, requests, app).then((bytes) => {
      done('0');
      answer(null, bytes);
    });
  };
  server.addService(
    {
      Check: {
        path: CHECK_PATH,
        requestStream: false,
        responseStream: false,
        requestSerialize: () => Buffer.alloc(0),
        requestDeserialize: decodeCheck,
        responseSerialize: (bytes: Buffer) => bytes,
        responseDeserialize: (bytes: Buffer) => bytes,
      },
    },
    { Check: handle },
  );
  const renewable = certificates === undefined ? undefined : new Renewable(certificates);
  const port = await bind(server, settings, renewable?.credentials() ?? ServerCredentials.createInsecure());
  return {
    port,
    renew: (options) => renewable?.renew(options),
    stop: (milliseconds) =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.forceShutdown(), milliseconds).unref();
        server.tryShutdown(() => {
          clearTimeout(cut);
          resolve();
        });
      }),
  };
}

/** Any process of this machine: there is nobody to name. */
const local = (app: App): Asker => ({ actor: app.actorOf('loopback'), verified_by: 'none' });

function whoAsks(
  call: ServerUnaryCall<PlainMessage, Buffer>,
  known: WeakMap<object, Asker>,
  app: App,
): Asker {
  const certificate = call.getAuthContext()?.sslPeerCertificate;
  const before = certificate === undefined ? undefined : known.get(certificate);
  if (before !== undefined) return before;
  const { name, verified_by } = certificateHolder(certificate?.raw, app.settings.auth.mtls);
  const asker = { actor: app.actorOf(`${verified_by} ${name}`), verified_by };
  if (certificate !== undefined) known.set(certificate, asker);
  return asker;
}

function bind(server: Server, { listen }: AuthzSettings, credentials: ServerCredentials): Promise<number> {
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  return new Promise((resolve, reject) => {
    server.bindAsync(`${host}:${listen.port}`, credentials, (error, port) => {
      if (error === null) resolve(port);
      else
        reject(
          new ExhibitError(
            'CONFIG_INVALID',
            `cannot listen on ${host}:${listen.port} for authz: ${error.message}`,
            {
              cause: error,
            },
          ),
        );
    });
  });
}
