import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { initLedger } from '../../src/ledger/index.ts';
import { newToken } from '../../src/server/index.ts';

export const ROOT = join(import.meta.dirname, '..', '..');

export interface Place {
  folder: string;
  config: string;
  port: number;
  token: string;
}

/** An evidence folder and the configuration of a server on it. @param more lines of the configuration */
export async function place(more: readonly string[] = []): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-bench-server-'));
  const random = (length: number) => new Uint8Array(randomBytes(length));
  await initLedger(join(folder, 'evidence'), { origin: 'example.com/bench', clock: Date.now, random });
  const { token, hash } = newToken(random);
  const port = await freePort();
  const config = join(folder, 'server.yaml');
  const lines = [
    'evidence: evidence',
    `listen: {port: ${port}}`,
    'auth:',
    '  tokens:',
    `    - {name: load, hash: "${hash}", roles: [emitter, engineer], emitters: ["load/*"]}`,
    ...more,
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  return { folder, config, port, token };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

export interface Serving {
  child: ChildProcess;
  /** Largest resident set so far, in MB (10^6 bytes). */
  peak(): number;
  /** Processor time so far, seconds. */
  cpu(): number;
  stop(): Promise<void>;
}

/** The real program, as it is published where it was built. */
export async function serve({ config, folder }: Place): Promise<Serving> {
  const built = existsSync(join(ROOT, 'dist', 'exhibit.js')) && process.env.EXHIBIT_SOURCE !== '1';
  const script = built ? join(ROOT, 'bin', 'exhibit.js') : join(ROOT, 'src', 'cli', 'bin.ts');
  const child = spawn(process.execPath, ['--no-warnings', script, 'server', 'run', config], {
    stdio: ['ignore', 'pipe', process.env.BENCH_LOG === undefined ? 'ignore' : 'inherit'],
    // As the unit and the image of deploy/ set it.
    env: {
      NODE_OPTIONS: '--max-semi-space-size=8',
      ...process.env,
      EXHIBIT_STATE: join(folder, 'state'),
    },
  });
  await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line');
  return watched(child);
}

export function watched(child: ChildProcess): Serving {
  const read = (file: string) => readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
  return {
    child,
    peak: () => (Number(/VmHWM:\s+(\d+)/.exec(read('status'))?.[1] ?? 0) * 1_024) / 1e6,
    cpu: () => {
      const fields = read('stat')
        .replace(/^.*\) /, '')
        .split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
