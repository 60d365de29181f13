import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EarlierPasses, JudgedByHooks } from '../audit/index.ts';
import type { Clock, RandomBytes } from '../record/index.ts';
import type { Admission } from './admission/admission.ts';
import type { AttestationLog, Attested } from './admission/attested/index.ts';
import type { Approvals } from './application/actions/approvals.ts';
import type { CedarJudge } from './application/cedar/judge.ts';
import type { Authenticate } from './auth/authenticate.ts';
import type { Identity } from './auth/identity.ts';
import type { Bundles } from './bundles/bundles.ts';
import type { Receivers } from './events/types.ts';
import type { Queue } from './http/queue.ts';
import type { Evidence } from './ingest/evidence.ts';
import type { AuditReceiver } from './kubernetes-audit/receiver.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Rules } from './opa/rules.ts';
import type { Portal } from './portal/portal.ts';
import type { Role, Settings } from './settings.ts';

/** What the handlers share. */
export interface App {
  settings: Settings;
  /** Emitter name of the server's own records. */
  emitter: string;
  version: string;
  clock: Clock;
  random: RandomBytes;
  store: Evidence;
  queue: Queue;
  bundles: Bundles;
  rules: Rules;
  /** What judges what a cluster is about to admit. */
  admission: Admission;
  /** Takes what API servers write into their audit logs. */
  audit: AuditReceiver;
  /** What takes events of other tools. */
  events: Receivers;
  /** What finds the gate's pass of it; undefined where the settings name no keys. */
  attested: Attested | undefined;
  /** Attestations in this server's own log, for other servers. */
  attestations: AttestationLog | undefined;
  /** What hooks before a commit judged, as far as it was asked for. */
  hooks: JudgedByHooks;
  /** What admission and CI said last, as far as it was asked for. */
  earlier: EarlierPasses;
  /** Actions that wait for a person, and what was decided about them. */
  approvals: Approvals;
  cedar: CedarJudge;
  /** Configuration for OPAs, where it is set. */
  discovery: { tar: Buffer; etag: string } | undefined;
  /** Pages for auditors and the team; undefined where the settings have none. */
  portal: Portal | undefined;
  authenticate: Authenticate;
  /** Salted reference for a name that must not stand in records. */
  actorOf(name: string): string;
  log: Log;
  metrics: Metrics;
  /** False until the callers of a server that makes its own certificate are known to trust it. */
  trusted(): boolean;
  /** True from the moment that the server stops taking requests. */
  stopping(): boolean;
}

export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  /** The rest of the path behind the route's own, without its slash, decoded. */
  rest: string;
  identity: Identity;
}

/** @returns when the answer was given, or is held for later */
export type Handler = (call: Call, app: App) => Promise<void> | void;

export interface Route {
  /** Name in metrics and logs. */
  name: string;
  method: string;
  /** The whole path, or its beginning where it ends in `/`. */
  path: string;
  /** Empty: everybody whose identity is known. */
  roles: readonly Role[];
  /** A caller that this route knows by other means than token or certificate; undefined where it does not. */
  identify?(request: IncomingMessage, settings: Settings): Identity | undefined;
  /** Whether the settings let in who shows neither token nor certificate. */
  anyone?(settings: Settings): boolean;
  handle: Handler;
}
