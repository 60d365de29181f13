import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Machine } from '../testing/program.ts';

const POLICIES = join(import.meta.dirname, '..', '..', '..', 'policies');
const machine = new Machine('2026-11-26T12:00:00Z');

/** Each word of a text, in order: what a terminal shows has all that a pipe gets. */
const words = (text: string) => text.split(/\s+/).sort().join(' ');

describe('at a terminal of 80 columns no line is wider, and nothing is lost', () => {
  beforeAll(async () => {
    expect((await machine.run('ledger', 'init', 'evidence', '--origin', 'example.com/evidence')).code).toBe(
      0,
    );
  });

  it.each<[string, string[]]>([
    ['policy list', [POLICIES]],
    ['policy show', ['db-encrypted-at-rest', POLICIES]],
    ['policy lint', [POLICIES]],
    ['override list', [POLICIES]],
    ['override report', [POLICIES]],
    ['ledger status', ['evidence']],
    ['ledger verify', ['evidence']],
    ['config show', []],
  ])('%s', async (command, args) => {
    machine.terminal = undefined;
    const piped = await machine.run(...command.split(' '), ...args);
    machine.terminal = 80;
    const shown = await machine.run(...command.split(' '), ...args);
    expect(shown.code).toBe(piped.code);
    const wide = `${shown.stdout}${shown.stderr}`.split('\n').filter((line) => line.length > 80);
    expect(wide.filter((line) => line.includes(' '))).toEqual([]);
    expect(words(shown.stdout)).toBe(words(piped.stdout));
  });

  it('server token: the lines are YAML with the whole hash', async () => {
    machine.terminal = 80;
    const { stdout, stderr } = await machine.run('server', 'token', 'sidecar-eu', '--emitter', 'opa/eu');
    expect(`${stdout}${stderr}`.split('\n').filter((line) => line.length > 80)).toEqual([]);
    const [settings = ''] = stderr.split('\n').slice(1).join('\n').split('The token');
    expect(parse(settings)).toMatchObject([
      { name: 'sidecar-eu', hash: expect.stringMatching(/^sha256:\w{64}$/) },
    ]);
  });
});
