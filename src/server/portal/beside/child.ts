import { type Asked, askProcess } from '../../../lake/index.ts';
import { ExhibitError } from '../../../record/index.ts';
import type { WorkMessage, WorkQuestion } from './messages.ts';

export type OnMessage = (message: Exclude<WorkMessage, { kind: 'failed' | 'done' }>) => void;

const PROGRAM = {
  beside: import.meta.url,
  name: 'portal-child',
  code: 'INTERNAL',
  serialization: 'advanced',
} as const;

/** Work of the portal, one piece at a time: a machine that takes records in has not two processors to spare. */
export class Work {
  #last: Promise<unknown> = Promise.resolve();
  #child: Asked | undefined;
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
    this.#child?.kill();
    await this.#last;
  }

  async #run(question: WorkQuestion, onMessage: OnMessage): Promise<void> {
    if (this.#closed) throw new ExhibitError('SERVER_BUSY', 'the server stops');
    let done = false;
    const child = askProcess<WorkMessage>(PROGRAM, question, (message) => {
      if (message.kind === 'done') done = true;
      else onMessage(message);
    });
    this.#child = child;
    try {
      const { by, errors } = await child.ended;
      if (!done) throw new ExhibitError('INTERNAL', `work ended by ${by}: ${errors}`);
    } finally {
      this.#child = undefined;
    }
  }
}
