import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { type Digest, toPlain } from '../../../record/index.ts';
import { pooled } from '../../random.ts';
import { openJudge, type ReviewJudge } from '../judge.ts';
import { reviewWith } from '../reviewer.ts';
import type {
  FromJudgeThread,
  JudgeReviews,
  JudgeThreadData,
  OneReviewed,
  ToJudgeThread,
  UseBundle,
} from './messages.ts';

/** A thread that judges reviews: verdicts, answers and records in canonical form. Numbers and disks are the other thread's. */
const host = workerData as JudgeThreadData;
const random = pooled((length) => randomBytes(length));
/** Newest last. What was asked with the one before may still come. */
const judges = new Map<Digest, ReviewJudge>();
const KEPT = 2;

// The clock of who asked, carried on by the monotonic clock: the wall clock of this thread is not looked at.
let asked = { now: 0, at: process.hrtime.bigint() };
const clock = (): number => asked.now + Number((process.hrtime.bigint() - asked.at) / 1_000_000n);

const say = (message: FromJudgeThread): void => parentPort?.postMessage(message);

async function use({ id, bundle }: UseBundle): Promise<void> {
  try {
    const judge = await openJudge(bundle, clock, host.milliseconds);
    judges.delete(bundle.digest);
    judges.set(bundle.digest, judge);
    for (const digest of [...judges.keys()].slice(0, -KEPT)) judges.delete(digest);
    say({ kind: 'used', id });
  } catch (error) {
    say({ kind: 'failed', id, error: toPlain(error) });
  }
}

async function review({ id, bundle, now, at, questions }: JudgeReviews): Promise<void> {
  asked = { now, at };
  const judge = judges.get(bundle);
  const answers = await Promise.all(
    questions.map(async (question): Promise<OneReviewed> => {
      try {
        if (judge === undefined) throw new Error(`the bundle ${bundle} is not here`);
        return { reviewed: await reviewWith(judge, question, host, clock, random) };
      } catch (error) {
        return { error: toPlain(error) };
      }
    }),
  );
  say({ kind: 'reviewed', id, answers });
}

parentPort?.on('message', (message: ToJudgeThread) => {
  if (message === 'close') parentPort?.close();
  else if (message.kind === 'use') void use(message);
  else void review(message);
});
