import type { Serializable } from 'node:child_process';
import { toPlain } from '../../record/index.ts';
import type { Failed } from './ask.ts';

/** Nobody waits for the answer any more. A plain exit would wait for what runs in other threads. */
const abandoned = () => process.kill(process.pid, 'SIGKILL');

/**
 * The whole of a program that `askProcess` starts: it answers one question and ends, and it ends at once when who asked is gone.
 * What the work throws is said as `failed`.
 */
export function answerOne<Question, Message extends Serializable>(
  work: (question: Question, say: (message: Message) => Promise<void>) => Promise<void>,
): void {
  process.once('disconnect', abandoned);
  if (!process.connected) abandoned();
  process.once('message', async (question: Question) => {
    try {
      await work(question, say);
    } catch (error) {
      await say({ kind: 'failed', error: toPlain(error) } satisfies Failed);
    }
    process.off('disconnect', abandoned);
    process.disconnect();
  });
}

function say(message: Serializable): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}
