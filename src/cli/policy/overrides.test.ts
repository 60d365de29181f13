import { describe, expect, it } from 'vitest';
import { commitAll, writeFixture } from '../../policy/testing/fixture.ts';
import type { Context } from '../context.ts';
import { main } from '../main.ts';

const override = (id: string, created: string, sunset: string) => `id: ${id}
policy: box-sealed
scope: {subjects: ["box/*"]}
owner: Ada
approver: Grace
reason: The box is replaced in the next release.
ticket: https://tickets.example.org/1
created: ${created}
sunset: ${sunset}
`;

async function exhibit(...argv: string[]): Promise<{ code: number; stdout: string }> {
  let stdout = '';
  const sink = (write: (text: string) => void) => ({ write, isTTY: false, columns: 80 });
  const context: Context = {
    env: process.env,
    cwd: process.cwd(),
    clock: () => Date.parse('2026-06-15T00:00:00Z'),
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    stdout: sink((text) => {
      stdout += text;
    }),
    stderr: sink(() => undefined),
  };
  return { code: await main(argv, context), stdout };
}

describe('overrides of a repository', () => {
  it('are counted by their state, in the list, by the lint and by the build', async () => {
    const folder = await writeFixture({
      'overrides/later.yaml': override('LATER', '2026-07-01', '2026-07-31'),
      'overrides/gone.yaml': override('GONE', '2026-05-01', '2026-06-14'),
      'overrides/typo.yaml': override('TYPO', '2026-06-01', '2026-06-30').replace('box-sealed', 'box-seald'),
    });
    await commitAll(folder);
    const counts = '1 in force, 1 waiting, 1 expired, 2 rejected';
    const list = await exhibit('override', 'list', folder);
    expect(list.code).toBe(0);
    expect(list.stdout.trimEnd().split('\n')).toEqual([
      'GONE   box-sealed  Ada  expired 2026-06-14',
      'LATER  box-sealed  Ada  waiting until 2026-07-01',
      // From 15 June, 0:00 to the end of 31 December: 200 days, the last one but a millisecond.
      'OV-1   box-sealed  Ada  in force until 2026-12-31T23:59:59.999Z (199 days left)',
      'rejected  overrides/bad.yaml: its approver is its owner (Ada)',
      'rejected  overrides/typo.yaml: there is no policy box-seald; did you mean box-sealed?',
      counts,
    ]);
    const lint = await exhibit('override', 'lint', folder);
    expect(lint.code).toBe(1);
    expect(lint.stdout).toContain(counts);
    expect((await exhibit('policy', 'build', folder)).stdout).toContain(counts);
  });
});
