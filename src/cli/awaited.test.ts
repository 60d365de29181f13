import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { AWAITED } from './commands/index.ts';
import type { Context } from './context.ts';
import { buildProgram, programFor } from './main.ts';
import { Machine } from './testing/program.ts';

const sink = { write: () => undefined, isTTY: false, columns: 80 };
const context: Context = {
  env: {},
  cwd: '/',
  clock: () => 0,
  random: (length) => new Uint8Array(length),
  stdout: sink,
  stderr: sink,
};

/** Help of a command and of all below it. */
const helpOf = (command: Command): string[] => [
  command.helpInformation(),
  ...command.commands.flatMap((child) => helpOf(child)),
];

it.each([...AWAITED.keys()])('%s made alone is what it is among the others', (name) => {
  const alone = programFor([name, 'x'], context, async () => undefined);
  const all = buildProgram(context, async () => undefined);
  const [one, ...others] = alone.commands;
  expect(others).toEqual([]);
  const same = all.commands.find((command) => command.name() === name);
  expect(helpOf(one as Command)).toEqual(helpOf(same as Command));
});

it('is made of all commands where another one, or none, comes first', () => {
  for (const argv of [['--debug', 'check'], ['chek'], ['help'], ['help', 'check'], []])
    expect(programFor(argv, context, async () => undefined).commands.length).toBeGreaterThan(AWAITED.size);
});

it('keeps the flags of the program', async () => {
  const machine = new Machine('2026-11-26T12:00:00Z');
  expect(await machine.run('version', '--color', 'never')).toEqual(
    await machine.run('--color', 'never', 'version'),
  );
  expect((await machine.run('check', '--help')).stdout).toMatch(/^Usage: exhibit check /);
  expect((await machine.run('version', '--debug', '--nosuch')).code).toBe(2);
});
