import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { type Digest, ExhibitError, toHex } from '../../record/index.ts';

export interface Ended {
  code: number | null;
  signal: string | null;
  /** True where it was stopped because it took too long. */
  late: boolean;
  stdout: { digest: Digest; bytes: number; cut: boolean };
  stderr: { digest: Digest; bytes: number };
}

/** Most that is kept of a tool's standard output, in bytes. What comes after is passed on and not kept. */
const MOST_KEPT = 4 * 1024 * 1024 * 1024;
const GRACE = 5_000;

/**
 * Runs a tool as it is: no shell, its environment, its folder. What it writes goes on to the caller at once, and its standard output is
 * kept in a file.
 * @param timeout in milliseconds
 * @throws ExhibitError TOOL_MISSING where there is no such program
 */
export function runTool(
  program: string,
  args: readonly string[],
  {
    cwd,
    env,
    file,
    timeout,
    show,
  }: {
    cwd: string;
    env: Readonly<Record<string, string | undefined>>;
    file: string;
    timeout: number;
    show: { stdout(chunk: Uint8Array): void; stderr(chunk: Uint8Array): void };
  },
): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const child = spawn(program, [...args], { cwd, env: { ...env }, stdio: ['inherit', 'pipe', 'pipe'] });
  const kept = createWriteStream(file, { mode: 0o600 });
  const out = { hash: createHash('sha256'), bytes: 0, cut: false };
  const err = { hash: createHash('sha256'), bytes: 0 };
  let late = false;
  let hard: NodeJS.Timeout | undefined;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGTERM');
    hard = setTimeout(() => child.kill('SIGKILL'), GRACE);
  }, timeout);
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', pass).on('SIGTERM', pass);
  child.stdout.on('data', (chunk: Buffer) => {
    out.hash.update(chunk);
    out.bytes += chunk.length;
    out.cut = out.bytes > MOST_KEPT;
    show.stdout(chunk);
    if (!out.cut && !kept.write(chunk)) {
      child.stdout.pause();
      kept.once('drain', () => child.stdout.resume());
    }
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err.hash.update(chunk);
    err.bytes += chunk.length;
    show.stderr(chunk);
  });
  const done = () => {
    clearTimeout(timer);
    clearTimeout(hard);
    process.off('SIGINT', pass).off('SIGTERM', pass);
  };
  kept.on('error', (cause) => {
    done();
    child.kill('SIGKILL');
    reject(new ExhibitError('OUTPUT_FAILED', 'what the tool wrote cannot be kept', { cause }));
  });
  child.on('error', (cause) => {
    done();
    // The file may only now be made: whoever takes its folder away must find it there or never.
    kept.once('close', () => reject(missing(program, cause)));
    kept.destroy();
  });
  child.on('close', (code, signal) => {
    done();
    kept.end(() =>
      resolve({
        code,
        signal,
        late,
        stdout: { digest: digest(out.hash), bytes: out.bytes, cut: out.cut },
        stderr: { digest: digest(err.hash), bytes: err.bytes },
      }),
    );
  });
  return promise;
}

/** What a tool prints when asked for its version; undefined where it does not. */
export function askVersion(
  program: string,
  args: readonly string[],
  options: { cwd: string; env: Readonly<Record<string, string | undefined>> },
): string | undefined {
  const { status, stdout, stderr } = spawnSync(program, [...args], {
    cwd: options.cwd,
    env: { ...options.env },
    encoding: 'utf8',
    timeout: 30_000,
    maxBuffer: 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return status === 0 ? `${stdout}\n${stderr}` : undefined;
}

const digest = (hash: ReturnType<typeof createHash>): Digest => `sha256:${toHex(hash.digest())}`;

function missing(program: string, cause: unknown): ExhibitError {
  return new ExhibitError('TOOL_MISSING', `${program} cannot be started`, {
    cause,
    hint: 'Install it, or name it with its path. Nothing was recorded.',
  });
}
