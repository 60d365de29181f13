import { randomBytes } from 'node:crypto';
import type { Clock, RandomBytes } from '../record/index.ts';

/** Where a command writes text. */
export interface Sink {
  write(text: string): void;
  /** A promise where the reader is behind: what writes much waits for it. */
  drained?(): Promise<void> | undefined;
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
    drained: () => (stream.writableNeedDrain ? drained(stream) : undefined),
    isTTY: stream.isTTY === true,
    // A terminal that does not know its size says 0.
    columns: stream.columns || 80,
  };
}

// A reader that is gone never drains.
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ['drain', 'close', 'error']) stream.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'error']) stream.on(event, done);
  });
}
