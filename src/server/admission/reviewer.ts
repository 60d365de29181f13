import { encodeUnnumbered } from '../../ledger/index.ts';
import type { Bundle } from '../../policy/index.ts';
import { type Clock, ExhibitError, type RandomBytes, uuidv7 } from '../../record/index.ts';
import { answerOf } from './answer.ts';
import { openJudge, type ReviewJudge } from './judge.ts';
import type { Question, Reviewed, Reviewer, ReviewHost } from './question.ts';
import { recordsOfReview } from './record.ts';

export class LocalReviewer implements Reviewer {
  readonly #host: ReviewHost;
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  #judge: ReviewJudge | undefined;

  constructor(host: ReviewHost, clock: Clock, random: RandomBytes) {
    this.#host = host;
    this.#clock = clock;
    this.#random = random;
  }

  async use(bundle: Bundle): Promise<void> {
    this.#judge = await openJudge(bundle, this.#clock, this.#host.milliseconds);
  }

  review(question: Question): Promise<Reviewed> {
    if (this.#judge === undefined) throw noBundle();
    return reviewWith(this.#judge, question, this.#host, this.#clock, this.#random);
  }

  async close(): Promise<void> {}
}

/** Judges one review: verdicts, answer, and the records of it in the form in which they are kept. */
export async function reviewWith(
  judge: ReviewJudge,
  { bytes, request, shown, actor, actor_verified_by }: Question,
  { emitter, version, environment, cluster }: ReviewHost,
  clock: Clock,
  random: RandomBytes,
): Promise<Reviewed> {
  const judged = await judge.judge(bytes, environment, shown);
  const now = clock();
  const run_id = uuidv7(now, random);
  const response = answerOf(request.uid, run_id, judged, judge.bundle, judge.words());
  // What is only tried changes nothing, here as there: it is answered, and no decision about anything that happened.
  if (request.dryRun) return { response, records: [], blobs: [] };
  const { records, blobs } = recordsOfReview(request, {
    bundle: judge.bundle,
    judged,
    run_id,
    now,
    random,
    emitter,
    version,
    cluster,
    // A review is one document.
    attestation: shown?.[0]?.attestation,
    attribution: { actor, actor_verified_by },
  });
  return {
    response,
    records: records.map((record) => encodeUnnumbered(record, emitter)),
    blobs: [...blobs.values()],
  };
}

export function noBundle(): ExhibitError {
  return new ExhibitError('BUNDLE_MISSING', 'the review was not judged: no bundle was verified yet', {
    hint: 'Look at the log of the server: it says why a bundle was refused.',
  });
}
