import { Server as SecureServer } from 'node:https';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { JudgedByHooks } from '../audit/index.ts';
import type { Ledger, Sealed } from '../ledger/index.ts';
import { type Clock, ExhibitError, isExhibitError, type RandomBytes } from '../record/index.ts';
import { Admission } from './admission/admission.ts';
import { openAttested, openLog } from './admission/attested/index.ts';
import { ATTESTATION_ROUTES } from './admission/attested/routes.ts';
import { ADMISSION_ROUTES } from './admission/routes.ts';
import type { App, Route } from './app.ts';
import { openApprovals } from './application/actions/approvals.ts';
import { CedarJudge } from './application/cedar/judge.ts';
import type { AuthzServer } from './application/envoy/serve.ts';
import { APPLICATION_ROUTES } from './application/routes.ts';
import { createAuthenticate } from './auth/authenticate.ts';
import { Bundles } from './bundles/bundles.ts';
import { discoveryBundle } from './bundles/discovery.ts';
import { watchBundles } from './bundles/gauges.ts';
import { recordBundle, recordRefusal } from './bundles/record.ts';
import { BUNDLE_ROUTES } from './bundles/routes.ts';
import { BundleSource } from './bundles/source.ts';
import { GapWatch } from './gaps.ts';
import { HEALTH_ROUTES, withHealth } from './health.ts';
import { type Certificates, readCertificates } from './http/certificates.ts';
import { dispatcher } from './http/dispatch.ts';
import { listen, makeServer } from './http/listen.ts';
import { Queue } from './http/queue.ts';
import { Renewal } from './http/renew.ts';
import { sendError } from './http/reply.ts';
import { trackUnused } from './http/unused.ts';
import { INGEST_ROUTES } from './ingest/routes.ts';
import { Store, sealFailed } from './ingest/store.ts';
import type { Log } from './log.ts';
import { Metrics } from './metrics.ts';
import { OPA_ROUTES } from './opa/routes.ts';
import { openRules } from './opa/rules.ts';
import type { Settings } from './settings.ts';

export interface ServerOptions {
  settings: Settings;
  version: string;
  clock: Clock;
  random: RandomBytes;
  log: Log;
  /** Opens the ledger in `settings.evidence` with these options for its sealing thread. */
  openLedger(sealThread: {
    every: number;
    onSeal(sealed: Sealed): void;
    onError(error: ExhibitError): void;
  }): Promise<Ledger>;
  /** Salted reference for the name of a caller. */
  actorOf(name: string): string;
  /** Milliseconds between two fetches of an issuer's keys; left out: ten seconds. */
  keysApart?: number;
  /** Milliseconds before the second try at the origin of a bundle; left out: half a second. */
  triesApart?: number;
}

export interface RunningServer {
  /** `http://127.0.0.1:8420` */
  url: string;
  /** `127.0.0.1:9191`, where it is asked by Envoy; undefined where that is not set. */
  authz: string | undefined;
  /** Looks at the files of the bundles and of TLS, and for gaps, now instead of at the next change. */
  look(): Promise<void>;
  /** Takes no more requests, finishes those that are under way, seals, closes the ledger. */
  stop(): Promise<void>;
}

const ROUTES: readonly Route[] = [
  ...INGEST_ROUTES,
  ...BUNDLE_ROUTES,
  ...OPA_ROUTES,
  ...APPLICATION_ROUTES,
  ...ADMISSION_ROUTES,
  ...ATTESTATION_ROUTES,
  ...HEALTH_ROUTES,
];
/** After so long, requests that are still under way are cut off, milliseconds. None of them was acknowledged. */
const STOP_MILLISECONDS = 20_000;

/**
 * Starts the service: takes in records, serves bundles, speaks OPA's management APIs.
 * @throws ExhibitError CONFIG_INVALID, LEDGER_...
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { settings, log } = options;
  const metrics = new Metrics();
  const failed = sealFailed(log, metrics);
  let store: Store | undefined;
  const ledger = await options.openLedger({
    every: settings.seal_milliseconds,
    onSeal: (sealed) => store?.sealed(sealed),
    onError: failed,
  });
  try {
    const { size } = await ledger.checkpoint();
    store = new Store(ledger, size, metrics, settings.limits.unsealed_records);
    return await serve(options, store, metrics);
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

async function serve(options: ServerOptions, store: Store, metrics: Metrics): Promise<RunningServer> {
  const { settings, version, clock, random, log } = options;
  const queue = new Queue(settings.limits.queue_bytes);
  metrics.gauge('queue_bytes', () => queue.bytes);
  metrics.gauge('resident_bytes', () => process.memoryUsage.rss());
  let stopping = false;
  const rules = openRules(settings, clock);
  const admission = new Admission(settings, clock);
  const folder = join(settings.evidence, 'server', 'bundles');
  const jitter = () => (random(1)[0] ?? 0) / 256;
  const { bundle_bytes, bundle_seconds } = settings.limits;
  const patience = {
    bytes: bundle_bytes,
    seconds: bundle_seconds,
    jitter,
    ...(options.triesApart === undefined ? {} : { pause: options.triesApart }),
  };
  const sources = settings.bundles.map((setting) => new BundleSource(setting, folder, clock, patience));
  for (const source of sources) for (const bundle of await source.history()) rules.remember(bundle);
  const bundles: Bundles = new Bundles({
    sources,
    jitter,
    onTaken: async (served) => {
      metrics.add('bundle_changes_total', { bundle: served.name });
      log('info', 'bundle taken', {
        bundle: served.name,
        revision: served.bundle.revision,
        digest: served.bundle.digest,
      });
      await recordBundle(served, app).catch((error: unknown) =>
        reportFault(log, 'bundle not recorded', error),
      );
      for (const user of [rules, admission])
        await user.use(served).catch((error: unknown) => reportFault(log, 'bundle not judged with', error));
    },
    onRefused: async (name, error) => {
      metrics.add('bundle_refused_total', { bundle: name, code: error.code });
      log('error', 'bundle refused', { bundle: name, code: error.code, message: error.message });
      await recordRefusal(name, error, app).catch((fault: unknown) =>
        reportFault(log, 'refusal not recorded', fault),
      );
    },
  });
  watchBundles(bundles, sources, metrics);
  const app: App = {
    settings,
    emitter: settings.emitter ?? `exhibit@${hostname()}`,
    version,
    clock,
    random,
    store,
    queue,
    bundles,
    rules,
    admission,
    attestations: openLog(store.ledger, clock),
    attested: openAttested({
      setting: settings.admission?.attestations,
      ledger: store.ledger,
      env: process.env,
      clock,
      onFault: (error) => reportFault(log, 'attestations not read', error),
    }),
    hooks: new JudgedByHooks(),
    approvals: openApprovals(settings, clock),
    cedar: new CedarJudge(clock, settings.limits.evaluation_milliseconds),
    discovery: settings.discovery === undefined ? undefined : discoveryBundle(settings.discovery),
    authenticate: createAuthenticate(settings, clock, options.keysApart),
    actorOf: options.actorOf,
    log,
    metrics,
    stopping: () => stopping,
  };
  const certificates = settings.tls === undefined ? undefined : readCertificates(settings.tls);
  await bundles.open();
  const server = makeServer(settings, withHealth(dispatcher(ROUTES, app), app), certificates);
  const closeUnused = trackUnused(server);
  // A body that is too long is refused before it is sent, where the caller asks.
  server.on('checkContinue', (request, response) => {
    if (
      Number(request.headers['content-length'] ?? 0) >
      Math.max(settings.limits.body_bytes, settings.limits.blob_bytes)
    ) {
      const error = new ExhibitError('REQUEST_TOO_LARGE', 'the request is longer than the server takes');
      sendError(request, response, error);
      return;
    }
    response.writeContinue();
    server.emit('request', request, response);
  });
  const port = await listen(server, settings.listen).catch(async (error: unknown) => {
    await bundles.close();
    throw error;
  });
  const authz = await openAuthz(app, certificates).catch(async (error: unknown) => {
    server.close();
    await bundles.close();
    throw error;
  });
  const renewal =
    settings.tls !== undefined && certificates !== undefined && server instanceof SecureServer
      ? new Renewal({
          server: both(server, authz),
          tls: settings.tls,
          first: certificates,
          clock,
          log,
          metrics,
        })
      : undefined;
  const gaps = new GapWatch({ ledger: store.ledger, every: settings.gap_seconds, clock, log, metrics });
  const host = settings.listen.host.includes(':') ? `[${settings.listen.host}]` : settings.listen.host;
  const url = `${settings.tls === undefined ? 'http' : 'https'}://${host}:${port}`;
  log('info', 'listening', { url, origin: store.ledger.origin });
  const grpc = authz === undefined ? undefined : `${settings.authz?.listen.host}:${authz.port}`;
  if (grpc !== undefined) log('info', 'listening for authz', { address: grpc });
  return {
    url,
    authz: grpc,
    look: async () => {
      renewal?.look();
      await bundles.look();
      await gaps.look();
    },
    stop: async () => {
      if (stopping) return;
      stopping = true;
      log('info', 'stopping');
      renewal?.close();
      await gaps.close();
      const closed = new Promise((resolve) => server.close(resolve));
      app.approvals.wakeAll();
      await bundles.close();
      server.closeIdleConnections();
      closeUnused();
      const cut = setTimeout(() => server.closeAllConnections(), STOP_MILLISECONDS).unref();
      await authz?.stop(STOP_MILLISECONDS);
      await closed;
      clearTimeout(cut);
      app.approvals.close();
      await rules.close();
      const sealed = await store.ledger.seal().catch((error: unknown) => {
        reportFault(log, 'last seal failed; what waits is kept', error);
        return undefined;
      });
      await store.ledger.close();
      log('info', 'stopped', sealed === undefined ? {} : { size: sealed.size, root: sealed.root });
    },
  };
}

/** gRPC is loaded only where Envoy asks. */
async function openAuthz(app: App, certificates: Certificates | undefined): Promise<AuthzServer | undefined> {
  const { authz } = app.settings;
  if (authz === undefined) return undefined;
  const { hasTls, serveAuthz } = await import('./application/envoy/serve.ts');
  return serveAuthz(authz, app, hasTls(authz) ? certificates : undefined);
}

/** Renewed certificates are for both listeners. */
function both(server: SecureServer, authz: AuthzServer | undefined): Pick<SecureServer, 'setSecureContext'> {
  return {
    setSecureContext: (options) => {
      server.setSecureContext(options);
      authz?.renew(options);
    },
  };
}

function reportFault(log: Log, event: string, error: unknown): void {
  const code = isExhibitError(error) ? error.code : 'INTERNAL';
  log('error', event, { code, message: error instanceof Error ? error.message : String(error) });
}
