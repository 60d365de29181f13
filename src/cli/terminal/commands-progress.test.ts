import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { commitAll, writeFixture } from '../../policy/testing/fixture.ts';
import { Machine } from '../testing/program.ts';

const machine = new Machine('2026-11-18T12:00:00Z');
let bundle: string[];

/** Two days on which a gate judged three files, and a third that closes them. */
beforeAll(async () => {
  const repository = await writeFixture({ '.gitignore': '/.exhibit/\n', 'overrides/ok.yaml': undefined });
  await commitAll(repository);
  await done('policy', 'build', repository);
  await done('policy', 'sign', repository);
  await done('ledger', 'init', 'evidence');
  const built = join(repository, '.exhibit');
  bundle = ['--bundle', join(built, 'bundle.tar.gz'), '--bundle-key', join(built, 'keys', 'bundle.pub.pem')];
  mkdirSync(join(machine.folder, 'boxes'));
  for (const name of ['a.json', 'b.json', 'c.json', 'notes.md'])
    writeFileSync(join(machine.folder, 'boxes', name), '{"boxes": [{"id": "box/1", "sealed": true}]}');
  for (const day of ['18', '19'])
    await machine
      .at(`2026-11-${day}T12:00:00Z`)
      .run('check', 'boxes', ...bundle, '--evidence', 'evidence', '--layer', 'ci');
  machine.at('2026-11-20T12:00:00Z');
}, 60_000);

async function done(...args: string[]): Promise<void> {
  const { code, stderr } = await machine.run(...args);
  expect({ code, stderr }).toMatchObject({ code: 0 });
}

describe('work that takes long says on a terminal how far it is, and nothing of it in a pipe', () => {
  it.each<[string, () => string[], RegExp]>([
    // The fourth file is one that the gate passes over: it was looked at.
    ['check', () => ['boxes', ...bundle], /judging files {2}3 of 4 \(75 %\), about /],
    ['lake close', () => ['evidence', '--all'], /closing days {2}1 of 2 \(50 %\), about /],
    ['lake verify', () => ['evidence'], /verifying days {2}1 of 2 \(50 %\), about /],
    ['lake rebuild', () => ['evidence'], /rebuilding days {2}1 of 2 \(50 %\), about /],
    ['ledger verify', () => ['evidence'], /verifying records {2}(\d+) of \1 \(100 %\), about /],
    ['verify ledger', () => ['evidence'], /verifying records {2}(\d+) of \1 \(100 %\), about /],
    [
      'policy impact',
      () => ['--evidence', 'evidence', '--bundle', bundle[1] ?? ''],
      /judging again {2}\d of \d /,
    ],
  ])('%s', async (command, args, line) => {
    machine.tick = 600;
    machine.terminal = 80;
    const shown = await machine.run(...command.split(' '), ...args());
    expect(shown.stderr).toMatch(line);
    machine.terminal = undefined;
    const piped = await machine.run(...command.split(' '), ...args());
    machine.tick = 0;
    expect(piped.stderr).not.toContain('\x1b[K');
  });
});
