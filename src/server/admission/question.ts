import type { Encoded } from '../../ledger/index.ts';
import type { Bundle } from '../../policy/index.ts';
import type { ReviewResponse } from './answer.ts';
import type { Attestation } from './attested/attested.ts';
import type { RequestOfReview } from './review.ts';

/** What the server knows of a document that its text does not say. */
export interface Shown {
  attestation: Attestation;
}

/** A review that is to be judged, as it can be sent to another thread. */
export interface Question {
  /** As it was sent; attacker-controlled. */
  bytes: Uint8Array;
  /** What was read of it. */
  request: RequestOfReview;
  /** What policies see of each of its documents besides, under `exhibit`: stored with the input, so that it is judged again alike. */
  shown: readonly Shown[] | undefined;
  /** Salted reference of who made the request, and how the caller of the webhook was known. */
  actor: string;
  actor_verified_by: string;
}

/** What a review comes to: the answer, and what must be on disk before it is given. */
export interface Reviewed {
  response: ReviewResponse;
  /** None for what is only tried. */
  records: Encoded[];
  blobs: Uint8Array[];
}

/** What of the server stands in records. */
export interface ReviewHost {
  emitter: string;
  version: string;
  /** Of the cluster, for subjects that state none. */
  environment: string | undefined;
  /** Its name, which tells it from others. */
  cluster: string | undefined;
  /** Longest evaluation of one review. */
  milliseconds: number;
}

/** Judges reviews with the bundle that it was given last: here, or in threads beside this one. */
export interface Reviewer {
  /** @throws ExhibitError BUNDLE_INVALID, POLICY_BUILTIN; the one before stays then */
  use(bundle: Bundle): Promise<void>;
  /** @throws ExhibitError BUNDLE_MISSING before the first bundle; what keeps the review from being judged */
  review(question: Question): Promise<Reviewed>;
  close(): Promise<void>;
}
