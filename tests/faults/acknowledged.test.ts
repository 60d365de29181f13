import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initLedger, openLedger, STEPS, verifyLedger } from '../../src/ledger/index.ts';
import { parseRecord } from '../../src/record/index.ts';

const WRITER = join(import.meta.dirname, 'writer.ts');
const random = (length: number) => new Uint8Array(randomBytes(length));
const clock = Date.now;

async function folderWithLedger(): Promise<string> {
  const folder = join(mkdtempSync(join(tmpdir(), 'exhibit-faults-')), 'ledger');
  await initLedger(folder, { origin: 'faults.example.com/log', random, clock });
  return folder;
}

/** Runs a writer until it is killed. @param after milliseconds after its first acknowledgement @returns acknowledged ids */
function writer(folder: string, emitter: string, stopAt: string, after: number): Promise<string[]> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [WRITER, folder, emitter, stopAt], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const text: string[] = [];
    const errors: string[] = [];
    let timer: NodeJS.Timeout | undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      text.push(chunk.toString());
      timer ??= setTimeout(() => child.kill('SIGKILL'), after);
    });
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    child.on('error', fail);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal !== 'SIGKILL') fail(new Error(`the writer ended by itself (${code}): ${errors.join('')}`));
      // A last line without its end was not acknowledged whole: the process was killed while it wrote it.
      else done(text.join('').split('\n').slice(0, -1));
    });
  });
}

/** Seals what is left, verifies everything, and counts every record id in the log. */
async function examine(
  folder: string,
): Promise<{ counts: Map<string, number>; sequences: Map<string, number[]> }> {
  const ledger = await openLedger(folder, { clock, random });
  try {
    await ledger.seal();
    const { size } = await ledger.checkpoint();
    const { checkpoint } = await verifyLedger(folder, { threads: 0 });
    expect(checkpoint.size).toBe(size);
    const counts = new Map<string, number>();
    const sequences = new Map<string, number[]>();
    for await (const { bytes } of ledger.entries(0, size)) {
      const record = parseRecord(bytes);
      counts.set(record.record_id, (counts.get(record.record_id) ?? 0) + 1);
      if (record.sequence === undefined) continue;
      const numbers = sequences.get(record.emitter) ?? [];
      numbers.push(record.sequence);
      sequences.set(record.emitter, numbers);
    }
    return { counts, sequences };
  } finally {
    await ledger.close();
  }
}

describe('kill -9', () => {
  it('at random times, 200 times, two writers at once: every acknowledged record is there exactly once', {
    timeout: 500_000,
  }, async () => {
    const folder = await folderWithLedger();
    const acknowledged: string[] = [];
    let kills = 0;
    const loop = async (emitter: string): Promise<void> => {
      while (kills < 200) {
        kills += 1;
        // Spread over appends and seals of different lengths; the delays are fixed, the interleaving is not.
        acknowledged.push(...(await writer(folder, emitter, 'never', (kills * 7) % 60)));
      }
    };
    await Promise.all([loop('left'), loop('right')]);
    expect(acknowledged.length).toBeGreaterThan(600);
    const { counts, sequences } = await examine(folder);
    expect(acknowledged.filter((id) => counts.get(id) !== 1)).toEqual([]);
    expect([...counts.values()].every((count) => count === 1)).toBe(true);
    // A number is never used twice; one that was given and not acknowledged may be missing.
    for (const numbers of sequences.values()) expect(new Set(numbers).size).toBe(numbers.length);
  });

  it.each([...STEPS])(
    'at the durable step %s, while another writer goes on',
    { timeout: 60_000 },
    async (step) => {
      const folder = await folderWithLedger();
      const first = await writer(folder, 'one', 'never', 30);
      const beside = await Promise.all([
        writer(folder, 'one', step, 2_000),
        writer(folder, 'two', 'never', 1_000),
      ]);
      const last = await writer(folder, 'three', 'never', 30);
      const acknowledged = [first, ...beside, last].flat();
      expect(acknowledged.length).toBeGreaterThan(0);
      const { counts } = await examine(folder);
      expect(acknowledged.filter((id) => counts.get(id) !== 1)).toEqual([]);
      expect([...counts.values()].every((count) => count === 1)).toBe(true);
    },
  );
});
