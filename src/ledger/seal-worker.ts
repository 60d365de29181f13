import { randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { toPlain } from '../record/index.ts';
import { logStore } from './log-store.ts';
import { type FromSealThread, type SealThreadData, STEP_SEEN, type ToSealThread } from './seal-messages.ts';
import { LocalSealer } from './sealer.ts';
import type { Step } from './steps.ts';

/**
 * Sealing is in no hurry: where there are fewer processors than threads, whoever waits for an answer goes first. A thread has a priority of
 * its own on Linux; elsewhere nothing changes.
 * @see setpriority(2), "C library/kernel differences"
 */
function stepBack(): void {
  try {
    // Synchronous, so that it is this thread that asks.
    setPriority(
      Number(basename(readlinkSync('/proc/thread-self'))),
      constants.priority.PRIORITY_BELOW_NORMAL,
    );
  } catch {
    // No such file system, or not allowed.
  }
}

stepBack();

/** A thread that seals one ledger: one more opener of its folder, as another process would be. */
const { folder, origin, lockTimeout, steps } = workerData as SealThreadData;

const say = (message: FromSealThread): void => parentPort?.postMessage(message);

// The clock of who asked, carried on by the monotonic clock: the wall clock of this thread is not looked at.
let asked = { now: 0, at: process.hrtime.bigint() };
const clock = (): number => asked.now + Number((process.hrtime.bigint() - asked.at) / 1_000_000n);

/** Does not go on before the other thread has looked at the step: it may stop the process there. */
function onStep(step: Step): void {
  if (steps === undefined) return;
  Atomics.store(steps, 0, 0);
  say({ kind: 'step', step });
  while (Atomics.load(steps, 0) !== STEP_SEEN) Atomics.wait(steps, 0, 0);
}

const sealer = new LocalSealer({
  folder,
  store: await logStore(folder),
  origin,
  clock,
  random: (length) => randomBytes(length),
  onStep,
  lockTimeout,
});

async function answer(message: ToSealThread): Promise<void> {
  if (message === 'close') {
    await sealer.close();
    parentPort?.close();
    return;
  }
  const { id, heartbeat, now, at } = message;
  asked = { now, at };
  try {
    say({ kind: 'sealed', id, sealed: await sealer.seal(heartbeat) });
  } catch (error) {
    say({ kind: 'failed', id, error: toPlain(error) });
  }
}

// One after another, so that a close is the last.
let last: Promise<void> = Promise.resolve();
parentPort?.on('message', (message: ToSealThread) => {
  last = last.then(() => answer(message));
});
