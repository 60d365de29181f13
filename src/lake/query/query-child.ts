import { openReader } from '../../ledger/index.ts';
import { toPlain } from '../../record/index.ts';
import { answer } from './answer.ts';
import type { ChildMessage, ChildQuestion } from './messages.ts';

// A process that answers one question. Who asked ends it when it passes its limits.

/** How often it looks at its memory, in milliseconds. */
const LOOK = 100;

const say = (message: ChildMessage) =>
  new Promise<void>((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });

/** Nobody waits for the answer any more. A plain exit would wait for the engine. */
const abandoned = () => process.kill(process.pid, 'SIGKILL');

process.once('disconnect', abandoned);
if (!process.connected) abandoned();
process.once('message', async ({ folders, request, options, temporary, memory }: ChildQuestion) => {
  // The engine works in threads of its own, so this one is free to look.
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() > memory) void say({ kind: 'memory' });
  }, LOOK);
  try {
    const readers = await Promise.all(folders.map((folder) => openReader(folder)));
    const found = await answer(readers, request, options, temporary, () => void say({ kind: 'running' }));
    await say({ kind: 'answer', answer: found });
  } catch (error) {
    await say({ kind: 'failed', error: toPlain(error) });
  }
  clearInterval(watch);
  process.off('disconnect', abandoned);
  process.disconnect();
});
