import { createEngine, type Engine, type Judged, type Judgement, judgeAll } from '../../engine/index.ts';
import { type InputDocument, type InputFile, parseInput } from '../../inputs/index.ts';
import { type Bundle, isExpired } from '../../policy/index.ts';
import { type Clock, formatInstant } from '../../record/index.ts';
import { type Words, wordsOf } from './answer.ts';
import type { Question } from './question.ts';

interface Waiting {
  document: InputDocument;
  done: PromiseWithResolvers<Judgement[]>;
}

/** Most reviews that are judged before others get their turn. */
const AT_ONCE = 32;
/** What places in messages name: a review has no file. */
const FILE = 'review.json';

/** One bundle and its engine: a review that began with a bundle ends with it. */
export class ReviewJudge {
  readonly bundle: Bundle;
  readonly #engine: Engine;
  readonly #clock: Clock;
  #waiting: Waiting[] = [];
  #words: { day: string; words: Words } | undefined;

  constructor(bundle: Bundle, engine: Engine, clock: Clock) {
    this.bundle = bundle;
    this.#engine = engine;
    this.#clock = clock;
  }

  /**
   * What all policies of the layer say of a review, with overrides and roll-out as anywhere else. A bundle that expired passes nothing.
   * Policies that found nothing are in the counts and populations only.
   * @param bytes the review as it was sent; attacker-controlled
   * @param shown what policies see of each document besides, under `exhibit`: a part of the input that is stored, so that it is judged again alike
   */
  judge(bytes: Uint8Array, environment: string | undefined, shown: Question['shown']): Promise<Judged> {
    const now = this.#clock();
    const { bundle } = this;
    const file = parseReview(bytes);
    const documents = file.documents.map((document, at) => withShown(document, shown?.[at]));
    return judgeAll(this, [{ ...file, documents }], {
      bundle,
      layer: 'admission',
      now,
      onlyFound: true,
      ...(environment === undefined ? {} : { environment }),
      ...(isExpired(bundle, now) && bundle.expires !== undefined ? { stale: bundle.expires } : {}),
    });
  }

  /** Texts about the policies for answers. Links of the control map begin and end with a day. */
  words(): Words {
    const day = formatInstant(this.#clock()).slice(0, 10);
    if (this.#words?.day !== day) this.#words = { day, words: wordsOf(this.bundle, day) };
    return this.#words.words;
  }

  /** Reviews that come in the same turn of the event loop are judged together, which is faster. */
  judgeMany(documents: readonly InputDocument[]): Promise<Judgement[][]> {
    return Promise.all(
      documents.map((document) => {
        const done = Promise.withResolvers<Judgement[]>();
        this.#waiting.push({ document, done });
        if (this.#waiting.length === 1) setImmediate(() => this.#run());
        return done.promise;
      }),
    );
  }

  #run(): void {
    const group = this.#waiting.splice(0, AT_ONCE);
    if (this.#waiting.length > 0) setImmediate(() => this.#run());
    const documents = group.map(({ document }) => document);
    this.#engine.judgeMany(documents, 'admission').then(
      (judged) => {
        for (const [at, { done }] of group.entries()) {
          const own = judged[at];
          // No judgement at all would admit everything.
          if (own === undefined) done.reject(new Error('a review was not judged'));
          else done.resolve(own);
        }
      },
      (error: unknown) => {
        for (const { done } of group) done.reject(error);
      },
    );
  }
}

/** A review as policies see it. It has no file, so nothing in it has a place that somebody could go to. */
export function parseReview(bytes: Uint8Array): InputFile {
  const { documents, ...file } = parseInput(FILE, bytes);
  return { ...file, documents: documents.map((document) => ({ ...document, file: '', locate: () => ({}) })) };
}

function withShown(document: InputDocument, shown: object | undefined): InputDocument {
  const { value } = document;
  if (shown === undefined || typeof value !== 'object' || value === null) return document;
  return { ...document, value: { ...value, exhibit: shown } };
}

/**
 * @param milliseconds longest evaluation of one review
 * @throws ExhibitError BUNDLE_INVALID, POLICY_BUILTIN
 */
export async function openJudge(bundle: Bundle, clock: Clock, milliseconds: number): Promise<ReviewJudge> {
  const engine = await createEngine(bundle, { clock, limits: { evaluationMilliseconds: milliseconds } });
  return new ReviewJudge(bundle, engine, clock);
}
