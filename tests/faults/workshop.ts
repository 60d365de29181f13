import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { initLedger, openLedger, openReader, verifyLedger } from '../../src/ledger/index.ts';

const options = { clock: Date.now, random: (length: number) => randomBytes(length), lockTimeout: 30_000 };

/** A ledger in a folder of its own, and what was acknowledged to the children that write to it. */
export interface Workshop {
  folder: string;
  vkey: string;
  acks: string;
  remove(): Promise<void>;
}

export async function workshop(): Promise<Workshop> {
  const work = await mkdtemp(join(tmpdir(), 'exhibit-faults-'));
  const folder = join(work, 'ledger');
  const { vkey } = await initLedger(folder, { origin: 'example.com/faults', ...options });
  return { folder, vkey, acks: join(work, 'acks'), remove: () => rm(work, { recursive: true }) };
}

export interface ChildOptions {
  emitter: string;
  rounds: number;
  /** Kill at this durable step. */
  step?: string;
  /** At which time of it; default the first. */
  hits?: number;
  seal?: boolean;
  /** A thread of its own seals. */
  thread?: boolean;
}

/** Starts a writer. */
export function child(
  { folder, acks }: Workshop,
  { emitter, rounds, step, hits, seal, thread }: ChildOptions,
): ChildProcess {
  return startProgram('child', {
    FOLDER: folder,
    EMITTER: emitter,
    ACKS: `${acks}-${emitter}`,
    ROUNDS: String(rounds),
    STEP: step ?? '',
    HITS: String(hits ?? 1),
    SEAL: seal === false ? 'no' : 'yes',
    THREAD: thread === true ? 'yes' : 'no',
  });
}

/** Starts a program of this folder. @param stdout `pipe` where what it prints is read */
export function startProgram(
  name: string,
  env: Readonly<Record<string, string>>,
  stdout: 'ignore' | 'pipe' = 'ignore',
): ChildProcess {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  return spawn(process.execPath, ['--no-warnings', file], {
    stdio: ['ignore', stdout, 'inherit'],
    env: { ...process.env, ...env },
  });
}

/** How a process ended: its exit code, or the signal. */
export function ended(process: ChildProcess): Promise<number | string | null> {
  return new Promise((resolve) => {
    process.on('exit', (code, signal) => resolve(signal ?? code));
  });
}

/** Record ids that the children of these emitters were told to be safe. A last line without its end does not count. */
export async function acknowledged({ acks }: Workshop, emitters: readonly string[]): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const emitter of emitters) {
    if (!existsSync(`${acks}-${emitter}`)) continue;
    const lines = (await readFile(`${acks}-${emitter}`, 'utf8')).split('\n').slice(0, -1);
    for (const id of lines.join(' ').split(' ')) if (id !== '') ids.add(id);
  }
  return ids;
}

export interface Contents {
  size: number;
  /** How often each record id is in the log. */
  ids: Map<string, number>;
  /** Sequence numbers by emitter, in the order of the log. */
  sequences: Map<string, number[]>;
  types: Map<string, number>;
}

/** Seals what waits, verifies the whole log, and reads it. */
export async function sealAndRead({ folder, vkey }: Workshop): Promise<Contents> {
  const ledger = await openLedger(folder, options);
  await ledger.seal();
  await ledger.close();
  await verifyLedger(folder, { vkeys: [vkey], threads: 0 });
  const reader = await openReader(folder);
  const { size } = await reader.checkpoint();
  const contents: Contents = { size, ids: new Map(), sequences: new Map(), types: new Map() };
  for await (const { bytes } of reader.entries(0, size)) {
    const { record_id, emitter, sequence, record_type } = JSON.parse(Buffer.from(bytes).toString());
    contents.ids.set(record_id, (contents.ids.get(record_id) ?? 0) + 1);
    contents.types.set(record_type, (contents.types.get(record_type) ?? 0) + 1);
    contents.sequences.set(emitter, [...(contents.sequences.get(emitter) ?? []), sequence]);
  }
  return contents;
}
