import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
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

/** Somebody who can answer; undefined: nobody sits there. */
export type Terminal = { input: Readable; output: Writable } | undefined;

/** The terminal of this process. Questions go to standard error: standard output is for results. */
export function terminalOf(context: Pick<Context, 'stderr'>): Terminal {
  const there = process.stdin.isTTY === true && context.stderr.isTTY;
  return there ? { input: process.stdin, output: process.stderr } : undefined;
}

export function asker(terminal: Terminal): Ask {
  const lines = terminal === undefined ? undefined : createInterface(terminal);
  // Lines that come before their question wait here; the end of the input is an answer that says nothing.
  const typed = lines?.[Symbol.asyncIterator]();
  const ask = async (question: string): Promise<string> => {
    lines?.setPrompt(`${printable(question)}: `);
    lines?.prompt();
    const next = await typed?.next();
    return next === undefined || next.done === true ? '' : next.value.trim();
  };
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
