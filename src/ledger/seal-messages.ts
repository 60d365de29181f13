import type { PlainError } from '../record/index.ts';
import type { Step } from './steps.ts';
import type { Sealed } from './types.ts';

/** What the sealing thread is started with. */
export interface SealThreadData {
  folder: string;
  origin: string;
  lockTimeout: number;
  /** Where steps are observed: shared by both threads, STEP_SEEN once the other thread has looked at the step. */
  steps: Int32Array | undefined;
}

export const STEP_SEEN = 1;

/** A seal that is asked for. */
export interface SealQuestion {
  id: number;
  heartbeat: boolean;
  /** Unix milliseconds by the clock of who asks, at this time of the monotonic clock, which all threads share. */
  now: number;
  at: bigint;
}

export type ToSealThread = SealQuestion | 'close';

export type FromSealThread =
  | { kind: 'sealed'; id: number; sealed: Sealed }
  | { kind: 'failed'; id: number; error: PlainError }
  | { kind: 'step'; step: Step };
