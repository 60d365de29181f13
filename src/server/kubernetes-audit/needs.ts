import type { Clock, RandomBytes } from '../../record/index.ts';
import type { Evidence } from '../ingest/evidence.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';

/** What taking audit events needs of the server. */
export interface Needs {
  store: Evidence;
  clock: Clock;
  random: RandomBytes;
  /** Salted reference for a name that must not stand in records. */
  actorOf(name: string): string;
  log: Log;
  metrics: Metrics;
}
