import { ExhibitError } from '../../record/index.ts';
import { askProcess } from '../process/ask.ts';
import type { ChildMessage, ChildQuestion } from './messages.ts';
import { diedOf, tookTooLong, tooMuchMemory } from './stopped.ts';
import { atEnd } from './temporary.ts';
import {
  DEFAULT_MEMORY,
  DEFAULT_TIMEOUT,
  type QueryAnswer,
  type QueryOptions,
  type QueryRequest,
} from './types.ts';

/** The engine is asked to stop at the limit; one that does not in this time is ended with its process. Milliseconds. */
const GRACE = 2_000;

/** What a process takes beside the engine's own limit: the program, the answer, and values that the engine does not count. */
const OVERHEAD = 512 * 2 ** 20;

/**
 * Answers a question in a process of its own. DuckDB looks at an interrupt between chunks of rows only, and counts the memory of its
 * buffers only: one call such as rpad(x, 1500000000, 'y') passes both. A process can be ended at any point; a thread inside DuckDB cannot.
 * @throws ExhibitError QUERY_FAILED when it was ended, and what answering throws
 */
export async function answerInChild(
  folders: readonly string[],
  request: QueryRequest,
  // The process finds out everything itself.
  { progress, known: _, ...options }: QueryOptions,
  temporary: string,
): Promise<QueryAnswer> {
  const memory = bytesOf(options.memoryLimit ?? DEFAULT_MEMORY) + OVERHEAD;
  const timeout = options.timeout ?? DEFAULT_TIMEOUT;
  let timer: NodeJS.Timeout | undefined;
  let found: QueryAnswer | undefined;
  // One that has answered did so in time.
  const stop = (why: ExhibitError) => child.kill(found === undefined ? why : undefined);
  const child = askProcess<ChildMessage>(
    { beside: import.meta.url, name: 'query-child', code: 'QUERY_FAILED' },
    { folders, request, options, temporary, memory } satisfies ChildQuestion,
    (message) => {
      if (message.kind === 'running') {
        timer = setTimeout(() => stop(tookTooLong('sql', timeout)), timeout + GRACE);
        progress?.('question runs', 0, 1);
      } else if (message.kind === 'compared') progress?.('files compared', message.done, message.total);
      else if (message.kind === 'memory') stop(tooMuchMemory(memory));
      else found = message.answer;
    },
  );
  const forget = atEnd(() => child.kill());
  try {
    // When it has ended nothing writes to the folder any more, and it can be removed.
    const { by, errors } = await child.ended;
    if (found === undefined) throw diedOf(by, errors);
    return found;
  } finally {
    clearTimeout(timer);
    forget();
  }
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40 },
};

/** @throws ExhibitError USAGE for what is no size such as `2GB` */
function bytesOf(size: string): number {
  const [, number, unit = ''] = /^([0-9.]+)\s*([A-Za-z]+)$/.exec(size) ?? [];
  const bytes = Number(number) * (UNITS[unit.toUpperCase()] ?? Number.NaN);
  if (bytes > 0) return bytes;
  throw new ExhibitError('USAGE', `${JSON.stringify(size)} is no size of memory`, { hint: 'Example: 2GB.' });
}
