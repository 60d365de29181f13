import { type ChildProcess, fork, type Serializable } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type ErrorCode, ExhibitError, fromPlain, type PlainError } from '../../record/index.ts';

/** Most that is kept of what a process wrote to its standard error: its end, in characters. */
const MOST_ERRORS = 2_000;

/** What `answerOne` says of a question that it could not answer. */
export type Failed = { kind: 'failed'; error: PlainError };

export interface Program {
  /** `import.meta.url` of the module that the program stands beside, and its name, such as `query-child`. */
  beside: string;
  name: string;
  /** What is thrown where no process can be started, and for a failure that carries no code. */
  code: ErrorCode;
  /** `advanced` where messages carry more than JSON has. */
  serialization?: 'json' | 'advanced';
}

/** A process that answers one question. */
export interface Asked {
  /** Ends it at once. @param why what `ended` throws then, unless it failed before */
  kill(why?: ExhibitError): void;
  /**
   * When it has ended, with what ended it, and what it wrote to its standard error.
   * @throws ExhibitError what answering threw or it was killed for, or `code` where no process could be started
   */
  ended: Promise<{ by: string; errors: string }>;
}

/** Asks a program that `answerOne` runs, in a process of its own. What it says beside a failure goes to `onMessage`. */
export function askProcess<Message extends { kind: string }>(
  program: Program,
  question: Serializable,
  onMessage: (message: Exclude<Message, Failed>) => void,
): Asked {
  const child = start(program);
  let errors = '';
  child.stderr?.on('data', (text) => {
    errors = `${errors}${text}`.slice(-MOST_ERRORS);
  });
  let failure: ExhibitError | undefined;
  const ended = new Promise<{ by: string; errors: string }>((resolve, reject) => {
    child.on('message', (message: Exclude<Message, Failed> | Failed) => {
      if (isFailed(message)) failure ??= fromPlain(message.error, program.code);
      else onMessage(message);
    });
    child.on('error', (cause) =>
      reject(new ExhibitError(program.code, `no process could be started: ${cause.message}`, { cause })),
    );
    child.on('close', (code, signal) => {
      if (failure === undefined) resolve({ by: signal ?? `exit ${code}`, errors });
      else reject(failure);
    });
    // A child that is gone already is reported by 'close'.
    child.send(question, () => undefined);
  });
  const kill = (why?: ExhibitError) => {
    failure ??= why;
    child.kill('SIGKILL');
  };
  return { kill, ended };
}

function start({ beside, name, serialization = 'json' }: Program): ChildProcess {
  // The built package has the program beside the module as JavaScript.
  const file = `./${name}.${beside.endsWith('.ts') ? 'ts' : 'js'}`;
  return fork(fileURLToPath(new URL(file, beside)), [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization,
  });
}

function isFailed(message: { kind: string }): message is Failed {
  return message.kind === 'failed';
}
