import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ExhibitError, fromPlain } from '../../../record/index.ts';
import type { WorkMessage, WorkQuestion } from './messages.ts';

export type OnMessage = (message: Exclude<WorkMessage, { kind: 'failed' | 'done' }>) => void;

/** Work of the portal, one piece at a time: a machine that takes records in has not two processors to spare. */
export class Work {
  #last: Promise<unknown> = Promise.resolve();
  #child: ChildProcess | undefined;
  #closed = false;

  /** @returns when it is done @throws ExhibitError what the work throws, INTERNAL where its process ends by itself */
  do(question: WorkQuestion, onMessage: OnMessage): Promise<void> {
    const run = () => this.#run(question, onMessage);
    const next = this.#last.then(run, run);
    this.#last = next.catch(() => undefined);
    return next;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#child?.kill('SIGKILL');
    await this.#last;
  }

  #run(question: WorkQuestion, onMessage: OnMessage): Promise<void> {
    if (this.#closed) return Promise.reject(new ExhibitError('SERVER_BUSY', 'the server stops'));
    const child = startChild();
    this.#child = child;
    let result: ExhibitError | 'done' | undefined;
    let errors = '';
    child.stderr?.on('data', (text) => {
      errors = `${errors}${text}`.slice(-2_000);
    });
    return new Promise((resolve, reject) => {
      child.on('message', (message: WorkMessage) => {
        if (message.kind === 'failed') result = fromPlain(message.error, 'INTERNAL');
        else if (message.kind === 'done') result = 'done';
        else onMessage(message);
      });
      child.on('error', (cause) =>
        reject(new ExhibitError('INTERNAL', `no process could be started: ${cause.message}`, { cause })),
      );
      child.on('close', (code, signal) => {
        this.#child = undefined;
        if (result === 'done') resolve();
        else
          reject(
            result ?? new ExhibitError('INTERNAL', `work ended by ${signal ?? `exit ${code}`}: ${errors}`),
          );
      });
      // A child that is gone already is reported by 'close'.
      child.send(question, () => undefined);
    });
  }
}

function startChild(): ChildProcess {
  // The built package has the program beside this file as JavaScript.
  const file = import.meta.url.endsWith('.ts') ? './portal-child.ts' : './portal-child.js';
  return fork(fileURLToPath(new URL(file, import.meta.url)), [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
}
