import { randomBytes } from 'node:crypto';
import type { Clock, RandomBytes } from '../record/index.ts';

/** Where a command writes text. */
export interface Sink {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width in columns; 80 where there is no terminal. */
  readonly columns: number;
}

/** All that a command gets from outside: tests give their own. */
export interface Context {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  clock: Clock;
  random: RandomBytes;
  stdout: Sink;
  stderr: Sink;
}

/** The real one: this process, this clock. */
export function processContext(): Context {
  return {
    env: process.env,
    cwd: process.cwd(),
    clock: Date.now,
    random: (length) => new Uint8Array(randomBytes(length)),
    stdout: sink(process.stdout),
    stderr: sink(process.stderr),
  };
}

function sink(stream: NodeJS.WriteStream): Sink {
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY === true,
    // A terminal that does not know its size says 0.
    columns: stream.columns || 80,
  };
}
