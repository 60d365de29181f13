import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Fixture, makeFixture } from '../../lake/testing/fixture.ts';
import { newToken } from '../../server/index.ts';
import { type Harness, harness } from '../../server/testing/harness.ts';
import { Machine } from '../testing/program.ts';
import type { MergesDocument } from './schema.ts';

const PLACE = 'https://github.com/example/shop';
let at: Harness;
let lake: Fixture;
let machine: Machine;

beforeEach(async () => {
  const made = newToken((length) => crypto.getRandomValues(new Uint8Array(length)));
  const token = { name: 'importer', hash: made.hash, emitters: ['merges/**'] };
  at = await harness({ auth: { tokens: [{ ...token, roles: ['emitter', 'engineer'] }] } });
  lake = await makeFixture('2026-03-02T09:00:00.000Z');
  await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
  machine = new Machine('2026-03-05T09:00:00Z');
  machine.env.EXHIBIT_TOKEN = made.token;
});
afterEach(async () => {
  await at.remove();
  await lake.remove();
});

const pull = (number: number, merged_at: string) => ({
  ...{ number, html_url: `${PLACE}/pull/${number}`, title: 'A change', merged_at, labels: [] },
  ...{ merged_by: { login: 'ada' }, head: { sha: String(number).repeat(40) }, base: { ref: 'main' } },
});
async function imported(...flags: string[]) {
  const pulls = [pull(7, '2026-03-02T12:00:00Z'), pull(8, '2026-03-04T12:00:00Z')];
  writeFileSync(join(machine.folder, 'pulls.json'), JSON.stringify(pulls));
  const { code, stdout, stderr } = await machine.run(
    ...['merges', 'import', 'github', '--repository', 'github.com/example/shop', '--file', 'pulls.json'],
    ...['--branch', 'main', '-o', 'json', '--evidence', at.url, ...flags],
  );
  return { code, stderr, document: JSON.parse(stdout === '' ? '{}' : stdout) as MergesDocument };
}

it('sends to a server what it finds in a copy of its log, and accuses nobody of what the copy does not reach', async () => {
  // The last record of the copy: after the first merge and before the second.
  lake.at('2026-03-03T00:00:00.000Z');
  await lake.put('ci/shop', { record_type: 'heartbeat' as const });
  await lake.ledger.seal();
  const copy = join(machine.folder, 'copy');
  cpSync(lake.folder, copy, { recursive: true });
  const { code, stderr, document } = await imported('--runs', copy);
  expect(stderr).toContain('recorded 4 records in 1 parts');
  expect(code).toBe(1);
  expect(document.changes.map(({ kind, verdict, message }) => [kind ?? verdict, message])).toEqual([
    ['no_run', 'merged without a run'],
    ['not_evaluated', 'it was merged after the log that was read ends'],
  ]);
  // The same import again is the same records.
  expect((await imported('--runs', copy)).code).toBe(1);
  const own = (await at.records()).filter(({ emitter }) => emitter === 'merges/github.com/example/shop');
  expect(own.map(({ record_type }) => record_type).sort()).toEqual([
    'decision',
    'decision',
    'override',
    'run',
  ]);
  // The server knows who sent it; the name of who merged does not leave this machine.
  expect(JSON.stringify(own)).not.toContain('"ada"');
  for (const record of own) expect(record.actor_verified_by).toBe('token');
});

it('keeps in the spool what a server does not take, and asks where the runs are', async () => {
  expect(await imported()).toMatchObject({ code: 2, stderr: expect.stringContaining('--runs') });
  await at.stop();
  const away = await imported('--runs', lake.folder);
  expect(away).toMatchObject({ code: 3, stderr: expect.stringContaining('SERVER_UNREACHABLE') });
  expect((await machine.run('spool', 'status')).stdout).toContain('1');
  const folder = await machine.run(
    ...['merges', 'import', 'github', '--repository', 'github.com/example/shop', '--file', 'pulls.json'],
    ...['--evidence', lake.folder, '--runs', lake.folder],
  );
  expect(folder.code).toBe(2);
});
