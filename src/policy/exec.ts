import { spawn } from 'node:child_process';
import { ExhibitError } from '../record/index.ts';

export interface RunOptions {
  cwd?: string;
  stdin?: string | Uint8Array;
  env?: NodeJS.ProcessEnv;
  /** Milliseconds after which the program is stopped. */
  timeout?: number;
}

export interface RunResult {
  code: number;
  stdout: Buffer;
  stderr: string;
}

/** Longest output that is kept, in bytes. More than that is no answer of a tool that we call. */
const MAX_OUTPUT = 256 * 1024 * 1024;

/**
 * Runs a program without a shell and waits for its end. A non-zero exit code is a result, not an error.
 * @throws ExhibitError TOOL_MISSING when it cannot be started; TOOL_FAILED when it is stopped by a signal, by the time
 *   limit, or prints without end
 */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { promise, resolve, reject } = Promise.withResolvers<RunResult>();
  const child = spawn(program, args, { cwd: options.cwd, env: options.env, stdio: ['pipe', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  let size = 0;
  let stopped: string | undefined;
  const stop = (why: string) => {
    stopped = why;
    child.kill('SIGKILL');
  };
  const timeout = options.timeout ?? 120_000;
  const timer = setTimeout(() => stop(`took longer than ${timeout} ms`), timeout);
  const keep = (list: Buffer[]) => (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_OUTPUT) stop('printed more than 256 MiB');
    else list.push(chunk);
  };
  child.stdout.on('data', keep(out));
  child.stderr.on('data', keep(err));
  child.on('error', (cause) => {
    clearTimeout(timer);
    reject(new ExhibitError('TOOL_MISSING', `${program} cannot be started: ${cause.message}`, { cause }));
  });
  child.on('close', (code, signal) => {
    clearTimeout(timer);
    if (code === null) {
      reject(new ExhibitError('TOOL_FAILED', `${program} ${stopped ?? `was stopped by ${signal}`}`));
    } else {
      resolve({ code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString('utf8') });
    }
  });
  // A program may end before it has read everything; its exit code then says what happened.
  child.stdin.on('error', () => {});
  child.stdin.end(options.stdin ?? '');
  return promise;
}
