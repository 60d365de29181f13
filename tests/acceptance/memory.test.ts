import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { exhibit, ROOT, temporary, type Workshop, workshop } from './workshop.ts';

let shop: Workshop;
beforeAll(() => {
  shop = workshop();
}, 120_000);

/** A machine of its own: what it remembers is not shared with other tests. */
function machine() {
  const folder = temporary('memory');
  const env = { EXHIBIT_STATE: join(folder, 'state') };
  const run = (...args: string[]) => exhibit(args, { cwd: folder, env });
  const manifest = join(ROOT, 'examples', 'shop', 'k8s-fixed', 'shop.yaml');
  const check = (evidence: string) => run('check', manifest, ...shop.flags, '--evidence', evidence);
  return { folder, run, check };
}

/** Without the line breaks of a terminal. */
const flat = (text: string) => text.replaceAll(/\s+/g, ' ');

describe('what a machine remembers of a log', () => {
  test('a restored copy is not written to: a second history would be signed by the same key', () => {
    const { folder, run, check } = machine();
    run('ledger', 'init', 'evidence', '--origin', 'example.com/log');
    const first = check('evidence');
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(
      /^recorded \d+ records in evidence: log size \d+, root [0-9a-f]{12}\.\.\.$/m,
    );
    cpSync(join(folder, 'evidence'), join(folder, 'backup'), { recursive: true });
    expect(check('evidence').code).toBe(0);
    const restored = check('backup');
    expect(restored.code).toBe(3);
    expect(restored.stderr).toContain('LEDGER_ROLLBACK');
    expect(flat(restored.stderr)).toContain('exhibit ledger forget example.com/log');
    for (const args of [
      ['ledger', 'seal', 'backup', '--heartbeat'],
      ['lake', 'close', 'backup', '--all'],
    ])
      expect(run(...args).stderr).toContain('LEDGER_ROLLBACK');
    expect(run('ledger', 'verify', 'backup').stdout).toContain('LEDGER_ROLLBACK');
    // The true log goes on.
    expect(check('evidence').code).toBe(0);
    expect(run('ledger', 'verify', 'evidence').stdout).toContain('contains one that this machine saw');
  });

  test('another log of the same name is refused, with the way out for who made it anew', () => {
    const { run, check } = machine();
    run('ledger', 'init', 'one', '--origin', 'example.com/log');
    expect(check('one').code).toBe(0);
    run('ledger', 'init', 'two', '--origin', 'example.com/log');
    expect(flat(check('two').stderr)).toMatch(/LEDGER_ROLLBACK.*exhibit ledger forget/);
    expect(run('ledger', 'forget', 'example.com/log').code).toBe(0);
    expect(check('two').code).toBe(0);
    expect(check('one').stderr).toMatch(/LEDGER_FORK|LEDGER_ROLLBACK/);
    expect(run('ledger', 'forget', 'example.com/other').stderr).toContain('NOT_FOUND');
  });

  test('two logs without a name given do not get in each other’s way', () => {
    const { run } = machine();
    for (const name of ['a', 'b']) {
      run('ledger', 'init', name);
      run('ledger', 'seal', name, '--heartbeat');
      expect(run('ledger', 'verify', name).code).toBe(0);
    }
  });
});
