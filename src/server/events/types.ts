import type { AdmittedObjects } from '../../audit/index.ts';
import type { Bundle } from '../../policy/index.ts';
import type { Clock, RandomBytes } from '../../record/index.ts';
import type { ReadEvent } from '../../sources/index.ts';
import type { Identity } from '../auth/identity.ts';
import type { Evidence } from '../ingest/evidence.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Settings } from '../settings.ts';
import type { Delivery } from './delivery.ts';
import type { SnsSignatures } from './sns.ts';

/** What the receivers of events share. */
export interface Receivers {
  /** Control map and overrides; undefined before a bundle verified: events are recorded all the same. */
  readonly bundle: Bundle | undefined;
  readonly signatures: SnsSignatures;
  readonly flood: {
    /** Counts an event where there are too many of its kind; undefined where it gets records of its own. */
    take(event: ReadEvent, delivery: Delivery): Promise<void> | undefined;
  };
  /** What was admitted, as far as the log was read. */
  admitted(host: EventHost): Promise<AdmittedObjects>;
  /** @throws ExhibitError SERVER_BUSY */
  admit(host: EventHost, identity: Identity | undefined): void;
  /** Counts a request that was told to wait. */
  refused(identity: Identity, error: unknown, host: EventHost): void;
}

/** What of the server events need. */
export interface EventHost {
  settings: Settings;
  emitter: string;
  version: string;
  clock: Clock;
  random: RandomBytes;
  store: Evidence;
  events: Receivers;
  actorOf(name: string): string;
  log: Log;
  metrics: Metrics;
}
