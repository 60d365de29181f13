import { openReader } from '../../ledger/index.ts';
import { answerOne } from '../process/answer.ts';
import { answer } from './answer.ts';
import type { ChildMessage, ChildQuestion } from './messages.ts';
import type { QueryOptions } from './types.ts';

// A process that answers one question. Who asked ends it when it passes its limits.

/** How often it looks at its memory, and says how far it is, in milliseconds. */
const LOOK = 100;

answerOne<ChildQuestion, ChildMessage>(async ({ folders, request, options, temporary, memory }, say) => {
  // The engine works in threads of its own, so this one is free to look.
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() > memory) void say({ kind: 'memory' });
  }, LOOK);
  let told = 0;
  const progress: QueryOptions['progress'] = (what, done, total) => {
    if (what === 'question runs') void say({ kind: 'running' });
    else if (performance.now() - told > LOOK) {
      told = performance.now();
      void say({ kind: 'compared', done, total });
    }
  };
  try {
    const readers = await Promise.all(folders.map((folder) => openReader(folder)));
    const found = await answer(readers, request, { ...options, progress }, temporary);
    await say({ kind: 'answer', answer: found });
  } finally {
    clearInterval(watch);
  }
});
