import type { UnnumberedRecord } from '../engine/index.ts';
import type { Connection, NamedResource, WatchOptions } from '../kubernetes/index.ts';
import type { Bundle } from '../policy/index.ts';
import type { Clock, Digest, RandomBytes } from '../record/index.ts';

/** Where records go. */
export interface WatchSink {
  /**
   * When it resolves, blobs and records are on a disk; those of one call stay together.
   * @throws what ends the watcher: what nobody keeps was not judged
   */
  put(records: readonly UnnumberedRecord[], blobs: ReadonlyMap<Digest, Uint8Array>): Promise<void>;
}

/** A pass at an earlier gate, as it was recorded. */
export interface EarlierPass {
  record_id: string;
  layer: string;
  observed_at: string;
  /** The run of CI that it is, or that admission found to have passed. */
  ci?: CiRun;
  /** The object that passed, without its secrets; undefined where it is not stored, or not given to who asks. */
  object?: unknown;
}

export interface CiRun {
  run_id: string;
  /** URL of the pull request or pipeline run. */
  change?: string;
  /** Digest of the signed statement. */
  attestation?: string;
}

/** Nothing: there is none, or the last word was none. `unknown`: nobody could say, and why. */
export type EarlierFound = EarlierPass | { unknown: string } | undefined;

/** A policy's word about a subject, and what was said of both at admission or in CI. */
export interface Asked {
  policy_id: string;
  rule_id: string;
  subject_id: string;
  environment?: string;
  cluster?: string;
}

/**
 * Looks for the last pass of each at admission or in CI.
 * @returns in the order of what was asked
 */
export type FindEarlier = (asked: readonly Asked[]) => Promise<EarlierFound[]>;

export interface WatcherOptions {
  connection: Connection;
  /** Kinds that are watched. */
  resources: readonly NamedResource[];
  /** Only of these namespaces; of all, and without one, where none is named. */
  namespaces?: readonly string[];
  /** The bundle of now, verified; asked for at the start and then again and again. @throws ExhibitError: the one before goes on */
  bundle(): Promise<Bundle>;
  sink: WatchSink;
  /** File that keeps what is known of each object over a restart. */
  stateFile: string;
  earlier?: FindEarlier;
  emitter: string;
  tool_version: string;
  environment?: string;
  /** Name that tells the cluster from others; records carry it. */
  cluster?: string;
  /** Milliseconds from one judging of all objects to the next. */
  cadence: number;
  /** Milliseconds from one sign of life to the next. */
  heartbeat: number;
  /** Milliseconds from one look at the bundle to the next. */
  look: number;
  clock: Clock;
  random: RandomBytes;
  log: WatchLog;
  signal: AbortSignal;
  /** Of the watches; for tests. */
  watch?: Pick<WatchOptions, 'page' | 'seconds' | 'silence' | 'pause' | 'jitter'>;
}

/** Callers pass what a reader may see: never objects, headers or tokens. */
export type WatchLog = (
  level: 'info' | 'warn' | 'error',
  event: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;
