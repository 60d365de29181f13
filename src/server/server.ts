import { Server as SecureServer } from 'node:https';
import { join } from 'node:path';
import { EarlierPasses, JudgedByHooks } from '../audit/index.ts';
import { ExhibitError, isExhibitError } from '../record/index.ts';
import { respondSettings } from '../respond/index.ts';
import { Admission } from './admission/admission.ts';
import { openAttested, openLog } from './admission/attested/index.ts';
import { openAnchors } from './anchors/open.ts';
import type { App } from './app.ts';
import { openApprovals } from './application/actions/approvals.ts';
import { CedarJudge } from './application/cedar/judge.ts';
import type { AuthzServer } from './application/envoy/serve.ts';
import { createAuthenticate } from './auth/authenticate.ts';
import { Bundles } from './bundles/bundles.ts';
import { discoveryBundle } from './bundles/discovery.ts';
import { watchBundles } from './bundles/gauges.ts';
import { recordBundle, recordRefusal } from './bundles/record.ts';
import { BundleSource } from './bundles/source.ts';
import { callersOf } from './callers.ts';
import { Events } from './events/events.ts';
import { GapWatch } from './gaps.ts';
import { withHealth } from './health.ts';
import { type Certificates, readCertificates } from './http/certificates.ts';
import { dispatcher } from './http/dispatch.ts';
import { listen, makeServer } from './http/listen.ts';
import { Queue } from './http/queue.ts';
import { Renewal } from './http/renew.ts';
import { sendError } from './http/reply.ts';
import { trackUnused } from './http/unused.ts';
import type { Evidence } from './ingest/evidence.ts';
import { openEvidence } from './ingest/open.ts';
import type { Issuer } from './issued/issuer.ts';
import { filesOf, openIssuer } from './issued/open.ts';
import { AuditReceiver } from './kubernetes-audit/receiver.ts';
import type { Log } from './log.ts';
import { Metrics } from './metrics.ts';
import { openRules } from './opa/rules.ts';
import type { ServerOptions } from './options.ts';
import { Portal } from './portal/portal.ts';
import { pooled } from './random.ts';
import { ledgerRoutes } from './routes.ts';
import { ownFolder } from './spool-settings.ts';
import { witnessesOf } from './witness-settings.ts';
import { WitnessRounds } from './witnesses.ts';

export interface RunningServer {
  /** `http://127.0.0.1:8420` */
  url: string;
  /** `127.0.0.1:9191`, where it is asked by Envoy; undefined where that is not set. */
  authz: string | undefined;
  /** Looks at the files of the bundles and of TLS, for gaps and for what witnesses have not co-signed, now instead of at the next change. */
  look(): Promise<void>;
  /** Takes no more requests, finishes those that are under way, seals, closes the ledger. */
  stop(): Promise<void>;
}

/** After so long, requests that are still under way are cut off, milliseconds. None of them was acknowledged. */
const STOP_MILLISECONDS = 20_000;

/**
 * Starts the service: takes in records, serves bundles, speaks OPA's management APIs.
 * @throws ExhibitError CONFIG_INVALID, LEDGER_...
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const metrics = new Metrics();
  const store = await openEvidence(options, metrics);
  try {
    return await serve(options, store, metrics);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function serve(options: ServerOptions, store: Evidence, metrics: Metrics): Promise<RunningServer> {
  const { settings, version, clock, log } = options;
  const random = pooled(options.random);
  const queue = new Queue(settings.limits.queue_bytes);
  metrics.gauge('queue_bytes', () => queue.bytes);
  metrics.gauge('resident_bytes', () => process.memoryUsage.rss());
  let stopping = false;
  let issuer: Issuer | undefined;
  const rules = openRules(settings, clock);
  const admission = new Admission({
    settings,
    clock,
    random,
    version,
    emitter: store.emitter,
    threads: options.judgeThreads ?? 0,
    onFault: (error) => reportFault(log, 'a judging thread was replaced', error),
  });
  const audit = new AuditReceiver(settings);
  const events = new Events(settings, clock, options.fetchFromSns);
  const folder = join(ownFolder(settings), 'server', 'bundles');
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
      for (const user of [rules, admission, audit, events])
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
    emitter: store.emitter,
    version,
    clock,
    random,
    store,
    queue,
    bundles,
    rules,
    admission,
    audit,
    events,
    attestations: store.ledger === undefined ? undefined : openLog(store.ledger, clock),
    attested: openAttested({
      setting: settings.admission?.attestations,
      ledger: store.ledger,
      env: process.env,
      clock,
      onFault: (error) => reportFault(log, 'attestations not read', error),
    }),
    hooks: new JudgedByHooks(),
    earlier: new EarlierPasses(),
    approvals: openApprovals(settings, clock),
    cedar: new CedarJudge(clock, settings.limits.evaluation_milliseconds),
    portal: openPortal(options, store, random),
    discovery: settings.discovery === undefined ? undefined : discoveryBundle(settings.discovery),
    authenticate: createAuthenticate(settings, clock, options.keysApart),
    actorOf: options.actorOf,
    log,
    metrics,
    trusted: () => issuer?.trusted ?? true,
    stopping: () => stopping,
  };
  const tls = filesOf(settings);
  issuer = await openIssuer(app, tls);
  const certificates = tls === undefined ? undefined : readCertificates(tls);
  await bundles.open();
  await events.open(app);
  const server = makeServer(settings, withHealth(dispatcher(ledgerRoutes(store), app), app), certificates);
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
    tls !== undefined && certificates !== undefined && server instanceof SecureServer
      ? new Renewal({
          server: both(server, authz),
          tls,
          first: certificates,
          clock,
          log,
          metrics,
        })
      : undefined;
  const { ledger } = store;
  const gaps =
    ledger === undefined
      ? undefined
      : new GapWatch({ ledger, every: settings.gap_seconds, clock, log, metrics });
  const setting = settings.ledger;
  const witnesses =
    ledger === undefined || setting.witnesses.length === 0
      ? undefined
      : new WitnessRounds({
          ledger,
          witnesses: witnessesOf(setting),
          every: setting.witness_seconds,
          timeout: setting.witness_timeout_seconds,
          clock,
          log,
          metrics,
        });
  const anchors =
    isAnchored(settings) && ledger !== undefined
      ? await openAnchors({ ledger, setting: settings.ledger, clock, random, version, log, metrics })
      : undefined;
  void anchors?.look();
  const host = settings.listen.host.includes(':') ? `[${settings.listen.host}]` : settings.listen.host;
  const url = `${settings.tls === undefined ? 'http' : 'https'}://${host}:${port}`;
  log('info', 'listening', { url, ...(ledger === undefined ? {} : { origin: ledger.origin }) });
  app.portal?.listening(url);
  const grpc = authz === undefined ? undefined : `${settings.authz?.listen.host}:${authz.port}`;
  if (grpc !== undefined) log('info', 'listening for authz', { address: grpc });
  return {
    url,
    authz: grpc,
    look: async () => {
      await issuer?.look();
      renewal?.look();
      await bundles.look();
      await gaps?.look();
      await witnesses?.look();
      await anchors?.look();
    },
    stop: async () => {
      if (stopping) return;
      stopping = true;
      log('info', 'stopping');
      renewal?.close();
      issuer?.close();
      await gaps?.close();
      await anchors?.close();
      const closed = new Promise((resolve) => server.close(resolve));
      app.approvals.wakeAll();
      await bundles.close();
      server.closeIdleConnections();
      closeUnused();
      await app.portal?.close();
      const cut = setTimeout(() => server.closeAllConnections(), STOP_MILLISECONDS).unref();
      await authz?.stop(STOP_MILLISECONDS);
      await closed;
      clearTimeout(cut);
      app.approvals.close();
      await rules.close();
      await admission.close();
      await events.close(app);
      const sealed = await ledger?.seal().catch((error: unknown) => {
        reportFault(log, 'last seal failed; what waits is kept', error);
        return undefined;
      });
      await witnesses?.close();
      await store.close();
      log('info', 'stopped', sealed === undefined ? {} : { size: sealed.size, root: sealed.root });
    },
  };
}

function isAnchored({ ledger: { timestamps, checkpoints } }: ServerOptions['settings']): boolean {
  return timestamps !== undefined || checkpoints !== undefined;
}

function openPortal(
  { settings, clock, log, packer, actorOf, keysApart }: ServerOptions,
  { ledger }: Evidence,
  random: ServerOptions['random'],
): Portal | undefined {
  const { portal: setting } = settings;
  if (setting === undefined || ledger === undefined) return undefined;
  // What is wrong in the file is said now, and not on a page.
  respondSettings(setting.respond, { cwd: process.cwd() });
  const folder = join(ownFolder(settings), 'server', 'portal');
  const callers = callersOf(settings);
  return new Portal({ setting, ledger, folder, clock, random, log, packer, callers, actorOf, keysApart });
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
