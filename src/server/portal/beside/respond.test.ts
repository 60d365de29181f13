import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { fixtureOver } from '../../../lake/testing/fixture.ts';
import { stage } from '../testing/stage.ts';

vi.setConfig({ testTimeout: 300_000 });

const DAY = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'exhibit-respond-'));

test('findings have the owners and due dates that the settings of findings say, as the commands have them', async () => {
  const respond = join(folder, 'respond.yaml');
  writeFileSync(respond, 'owners:\n  default: payments\ndue:\n  - within: PT5H\n');
  const own = await stage({ respond });
  try {
    own.wait(-2 * DAY);
    const from = new Date(own.now()).toISOString().slice(0, 10);
    await own.beside(async (ledger) => {
      const lake = fixtureOver(ledger, own.now, () => undefined);
      const map = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
      await lake.decide(map, ['encrypted', 'db1', 'fail', { layer: 'runtime' }]);
    });
    own.wait(2 * DAY);
    const engagement = await own.open({ from });
    const visitor = own.visitor();
    await visitor.enter(await own.linkUrl({ roles: ['engineer'] }));
    const body = async (page: string) => (await visitor.ready(`/portal/e/${engagement}/${page}`)).body;
    // The fail is two days old: due after five hours, it is late. By the defaults it would be nobody's, and due in a week.
    await expect.poll(() => body('engineer'), { timeout: 120_000, interval: 2_000 }).toContain('payments');
    expect(await body('engineer')).not.toContain('unassigned');
    const drift = (await body('drift')).replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
    expect(drift).toContain('high payments');
    expect(drift).toMatch(/open 48 so far 5 late/);
  } finally {
    await own.remove();
  }
});

test('a file that is wrong is said when the server starts', async () => {
  const respond = join(folder, 'wrong.yaml');
  writeFileSync(respond, 'owners:\n  defaults: payments\n');
  await expect(stage({ respond })).rejects.toMatchObject({ code: 'CONFIG_INVALID', location: { line: 2 } });
});
