import { mkdirSync } from 'node:fs';
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
    mkdirSync(join(machine.folder, 'half', 'keys'), { recursive: true });
    const half = await machine.run('ledger', 'init', 'half');
    expect(half.code).toBe(2);
    expect(half.stderr).toContain('half holds keys already');
  });
});
