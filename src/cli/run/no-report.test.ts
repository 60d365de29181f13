import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { openReader } from '../../ledger/index.ts';
import type { EvidenceRecord } from '../../record/index.ts';
import { Machine } from '../testing/program.ts';
import { toolOf } from './tools.ts';

/** Each tool whose ways are known. */
const NAMES = [
  ...['checkov', 'trivy', 'conftest', 'kics', 'tfsec', 'terrascan', 'kyverno', 'gator', 'prowler'],
  ...['kubescape', 'kube-bench', 'semgrep', 'helm', 'opa'],
];
const machine = new Machine(new Date().toISOString());

beforeAll(async () => {
  expect((await machine.run('ledger', 'init', 'evidence')).code).toBe(0);
});

/** A program of this name that writes this, and ends so. */
async function run(name: string, text: string, code: number) {
  const program = join(machine.folder, name);
  writeFileSync(program, `#!/bin/sh\nprintf '%s' '${text}'\nexit ${code}\n`);
  chmodSync(program, 0o755);
  const before = (await records()).length;
  const ended = await machine.run('run', '--no-bundle', '--evidence', 'evidence', '--', program);
  return { code: ended.code, made: (await records()).slice(before) };
}

async function records(): Promise<EvidenceRecord[]> {
  const reader = await openReader(join(machine.folder, 'evidence'));
  const all: EvidenceRecord[] = [];
  for await (const { bytes } of reader.entries(0, (await reader.checkpoint()).size))
    all.push(JSON.parse(Buffer.from(bytes).toString()) as EvidenceRecord);
  await reader.close();
  return all;
}

it.each(NAMES)('%s: no report, an empty one, and a crash are an error, and never a pass', async (name) => {
  expect(toolOf(name)?.name).toBe(name);
  for (const [text, ends] of [
    ['', 0],
    ['\n', 0],
    ['{}', 0],
    ['panic: runtime error', 1],
    ['', 137],
  ] as const) {
    const { code, made } = await run(name, text, ends);
    const verdicts = made
      .filter(({ record_type }) => record_type === 'decision')
      .map(({ verdict }) => verdict);
    expect({ name, text, ends, code, verdicts: [...new Set(verdicts)] }).toEqual({
      ...{ name, text, ends, code: 3, verdicts: ['error'] },
    });
    // What the tool ended with stands in the record of the run all the same.
    const own = made.find(({ record_type }) => record_type === 'run');
    expect(own?.details).toMatchObject({ invocation: { program: name, exit_code: ends } });
    // Nobody can say that passes are in a report that is not there.
    if (text !== '{}') expect(own?.details).not.toMatchObject({ population: 'all' });
  }
});
