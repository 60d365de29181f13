import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ExhibitError, fromPlain } from '../../record/index.ts';
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
export function answerInChild(
  folders: readonly string[],
  request: QueryRequest,
  options: QueryOptions,
  temporary: string,
): Promise<QueryAnswer> {
  const child = startChild();
  const forget = atEnd(() => child.kill('SIGKILL'));
  const memory = bytesOf(options.memoryLimit ?? DEFAULT_MEMORY) + OVERHEAD;
  const timeout = options.timeout ?? DEFAULT_TIMEOUT;
  return new Promise<QueryAnswer>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let result: { answer: QueryAnswer } | { error: ExhibitError } | undefined;
    const end = (error: ExhibitError) => {
      result ??= { error };
      child.kill('SIGKILL');
    };
    let errors = '';
    child.stderr?.on('data', (text) => {
      errors = `${errors}${text}`.slice(-2_000);
    });
    child.on('message', (message: ChildMessage) => {
      if (message.kind === 'running')
        timer = setTimeout(() => end(tookTooLong('sql', timeout)), timeout + GRACE);
      else if (message.kind === 'memory') end(tooMuchMemory(memory));
      else if (message.kind === 'failed') result ??= { error: fromPlain(message.error, 'QUERY_FAILED') };
      else result ??= { answer: message.answer };
    });
    child.on('error', (cause) =>
      reject(new ExhibitError('QUERY_FAILED', `no process could be started: ${cause.message}`, { cause })),
    );
    // When it has ended nothing writes to the folder any more, and it can be removed.
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      forget();
      if (result === undefined) reject(diedOf(signal ?? `exit ${code}`, errors));
      else if ('answer' in result) resolve(result.answer);
      else reject(result.error);
    });
    // A child that is gone already is reported by 'close'.
    child.send({ folders, request, options, temporary, memory } satisfies ChildQuestion, () => undefined);
  });
}

function startChild(): ChildProcess {
  // The built package has the program beside this file as JavaScript.
  const file = import.meta.url.endsWith('.ts') ? './query-child.ts' : './query-child.js';
  return fork(fileURLToPath(new URL(file, import.meta.url)), [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
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
