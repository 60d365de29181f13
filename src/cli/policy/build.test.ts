import { expect, it } from 'vitest';
import { commitAll, writeFixture } from '../../policy/testing/fixture.ts';
import { Machine } from '../testing/program.ts';

it('a build names the controls that are linked and in no framework', async () => {
  const machine = new Machine('2026-06-15T00:00:00Z');
  const folder = await writeFixture();
  await commitAll(folder);
  const well = await machine.run('policy', 'build', folder);
  expect([well.code, well.stderr.includes('no framework')]).toEqual([0, false]);
  const wrong = await writeFixture({
    'controls/tool.yaml':
      'links:\n  - {policy_id: tool/a, control: soc2/cc9.99, strength: full, rationale: A test.}\n',
  });
  await commitAll(wrong);
  const { code, stderr } = await machine.run('policy', 'build', wrong);
  expect(code).toBe(0);
  expect(stderr).toContain('warning: the control map names what no framework has: soc2/cc9.99.');
  expect(stderr).toContain(`exhibit policy lint ${wrong}`);
});
