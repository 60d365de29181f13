import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { WORKERS } from '../../../scripts/workers.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const place = mkdtempSync(join(tmpdir(), 'exhibit-bundled-'));
afterAll(() => rmSync(place, { recursive: true }));

/** A program that appends, seals in a thread, and verifies in threads; it prints the sizes. */
const PROGRAM = `
import { randomBytes } from 'node:crypto';
import { initLedger, openLedger, verifyLedger } from ${JSON.stringify(join(root, 'src/ledger/index.ts'))};
const options = { clock: Date.now, random: (length) => randomBytes(length) };
const folder = process.argv[2];
await initLedger(folder, { origin: 'example.com/bundled', ...options });
const ledger = await openLedger(folder, { ...options, sealThread: { every: 50 } });
const record = (n) => ({
  schema: 'exhibit.record/1',
  record_id: '00000000-0000-8000-8000-' + String(n).padStart(12, '0'),
  record_type: 'heartbeat',
  observed_at: '2026-01-01T00:00:00.000Z',
  emitter: 'bundled',
  layer: 'runtime',
  tool: 'test',
});
await ledger.append('bundled', Array.from({ length: 600 }, (_, n) => record(n)));
const { size } = await ledger.seal();
await ledger.close();
const { checkpoint } = await verifyLedger(folder, { threads: 2 });
console.log(size, checkpoint.size);
`;

describe('the ledger in a bundled program', () => {
  it('finds its threads beside it, as in dist', async () => {
    const entry = join(place, 'program.ts');
    writeFileSync(entry, PROGRAM);
    await build({
      absWorkingDir: root,
      bundle: true,
      platform: 'node',
      format: 'esm',
      minify: true,
      splitting: true,
      entryPoints: { program: entry, ...WORKERS },
      external: ['@duckdb/node-api'],
      outdir: join(place, 'dist'),
      logLevel: 'silent',
    });
    writeFileSync(join(place, 'package.json'), '{"type":"module"}');
    const program = join(place, 'dist', 'program.js');
    const out = execFileSync(process.execPath, ['--no-warnings', program, join(place, 'ledger')], {
      encoding: 'utf8',
    });
    expect(out).toBe('600 600\n');
  });
});
