import type { Bundle } from '../../../policy/index.ts';
import type { Digest, PlainError } from '../../../record/index.ts';
import type { Question, Reviewed, ReviewHost } from '../question.ts';

/** What a judging thread is started with. */
export type JudgeThreadData = ReviewHost;

export interface UseBundle {
  kind: 'use';
  id: number;
  bundle: Bundle;
}

export interface JudgeReviews {
  kind: 'review';
  id: number;
  /** The bundle to judge with: a review that began with one ends with it. */
  bundle: Digest;
  /** Unix milliseconds by the clock of who asks, at this time of the monotonic clock, which all threads share. */
  now: number;
  at: bigint;
  questions: Question[];
}

export type ToJudgeThread = UseBundle | JudgeReviews | 'close';

export type OneReviewed = { reviewed: Reviewed } | { error: PlainError };

export type FromJudgeThread =
  | { kind: 'used'; id: number }
  | { kind: 'failed'; id: number; error: PlainError }
  /** In the order of the questions. */
  | { kind: 'reviewed'; id: number; answers: OneReviewed[] };
