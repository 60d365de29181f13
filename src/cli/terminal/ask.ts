import { createInterface } from 'node:readline/promises';
import { ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { printable } from './text.ts';

/** Asks whoever sits at the terminal. */
export interface Ask {
  /**
   * An answer that is needed.
   * @throws ExhibitError USAGE naming the flag, where nobody sits there or says nothing
   */
  text(question: string, flag: string): Promise<string>;
  /** An answer, or what is proposed where nobody sits there or says nothing. */
  or(question: string, proposed: string): Promise<string>;
  close(): void;
}

/** Questions go to standard error: standard output is for results. */
export function asker(context: Pick<Context, 'stderr'>): Ask {
  const there = process.stdin.isTTY === true && context.stderr.isTTY;
  const lines = there ? createInterface({ input: process.stdin, output: process.stderr }) : undefined;
  const ask = async (question: string) => (await lines?.question(`${printable(question)}: `))?.trim() ?? '';
  return {
    text: async (question, flag) => {
      const answer = await ask(question);
      if (answer !== '') return answer;
      throw new ExhibitError('USAGE', `${question} is missing`, { hint: `Give it with ${flag}.` });
    },
    or: async (question, proposed) => (await ask(`${question} [${proposed}]`)) || proposed,
    close: () => lines?.close(),
  };
}
