import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Machine } from '../testing/program.ts';

describe('exhibit ledger init', () => {
  const machine = new Machine('2026-11-26T12:00:00Z');

  it('says how a log gets its name, and a second time what is there', async () => {
    const made = await machine.run('ledger', 'init', 'evidence');
    expect(made.code).toBe(0);
    const origin = /exhibit\.local\/[0-9a-f]{12}/.exec(made.stdout)?.[0] ?? '';
    expect(made.stderr).toContain('The origin was chosen at random.');
    await machine.run('ledger', 'seal', 'evidence', '--heartbeat');
    const again = await machine.run('ledger', 'init', 'evidence');
    expect(again.code).toBe(2);
    expect(again.stderr.replace(/\s+/g, ' ')).toContain(
      `evidence holds a ledger already: origin ${origin}, 1 record, the last of 2026-11-26T12:00:00.000Z`,
    );
    expect(again.stderr).toContain('exhibit ledger status evidence');
    expect(again.stderr).toContain('The origin is set once, by --origin');
    const other = await machine.run('ledger', 'init', 'evidence', '--origin', 'example.com/evidence');
    expect(other.stderr).toContain(`origin ${origin}, not example.com/evidence`);
  });

  it('says nothing of chance where the name was given, and nothing of a log where none is whole', async () => {
    const named = await machine.run('ledger', 'init', 'named', '--origin', 'example.com/named');
    expect(named.stderr).not.toContain('at random');
    expect(named.stderr).not.toContain('has seen another log');
    mkdirSync(join(machine.folder, 'half', 'keys'), { recursive: true });
    const half = await machine.run('ledger', 'init', 'half');
    expect(half.code).toBe(2);
    expect(half.stderr).toContain('half holds keys already');
  });

  it('says at once that this machine knows another log of that name', async () => {
    for (const folder of ['first', 'second'])
      await machine.run('ledger', 'init', folder, '--origin', 'example.com/twice');
    await machine.run('ledger', 'seal', 'first', '--heartbeat');
    const third = await machine.run('ledger', 'init', 'third', '--origin', 'example.com/twice');
    expect(third.code).toBe(0);
    expect(third.stderr).toContain('This machine has seen another log of this name, with 1 record,');
    expect(third.stderr).toContain('exhibit ledger forget example.com/twice');
    // What it announces is so.
    const refused = await machine.run('ledger', 'seal', 'third', '--heartbeat');
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('LEDGER_ROLLBACK: the log has 0 records');
  });
});

describe('exhibit ledger rotate-key', () => {
  const machine = new Machine('2026-11-26T12:00:00Z');
  const run = (...argv: string[]) => machine.run('ledger', ...argv);

  it('announces no new key in a copy that is older than what this machine saw', async () => {
    await run('init', 'evidence', '--origin', 'example.com/rotated');
    await run('seal', 'evidence', '--heartbeat');
    cpSync(join(machine.folder, 'evidence'), join(machine.folder, 'copy'), { recursive: true });
    await run('seal', 'evidence', '--heartbeat');
    const refused = await run('rotate-key', 'copy');
    expect(refused.code).toBe(3);
    expect(refused.stderr.replace(/\s+/g, ' ')).toContain(
      'LEDGER_ROLLBACK: the log has 1 record, but this machine saw it with 2',
    );
    const copy = JSON.parse((await run('status', 'copy', '--json')).stdout) as { size: number };
    expect(copy.size).toBe(1);
  });

  it('is remembered: a copy from before the change is refused', async () => {
    cpSync(join(machine.folder, 'evidence'), join(machine.folder, 'before'), { recursive: true });
    expect((await run('rotate-key', 'evidence')).code).toBe(0);
    expect((await run('seal', 'before', '--heartbeat')).stderr).toContain('LEDGER_ROLLBACK');
    expect((await run('seal', 'evidence', '--heartbeat')).code).toBe(0);
    expect((await run('verify', 'evidence')).code).toBe(0);
  });
});
