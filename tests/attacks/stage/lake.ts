import { closeDay } from '../../../src/lake/index.ts';
import { type Fixture, type InForce, makeFixture } from '../../../src/lake/testing/fixture.ts';
import { folderKeys } from '../../../src/ledger/index.ts';
import { tampered } from './tools.ts';

/** The day that is closed. */
export const DAY = '2026-03-01';

const open: Fixture[] = [];

export async function closeLakes(): Promise<void> {
  for (const lake of open.splice(0)) await lake.remove();
}

/** A ledger whose clock stands on the first of March. */
export async function lakeOf(fill: (lake: Fixture) => Promise<unknown>): Promise<Fixture> {
  const lake = await makeFixture(`${DAY}T10:00:00.000Z`);
  open.push(lake);
  await fill(lake);
  return lake;
}

/** A policy that is announced, and three decisions: one fails, and passes later on the day. */
export async function ordinary(lake: Fixture): Promise<InForce> {
  const map = await lake.announce('r1', [
    ['encrypted', 'soc2/cc6.1'],
    ['alerts', 'soc2/cc7.2'],
  ]);
  await lake.decide(map, ['encrypted', 'db1', 'fail'], ['encrypted', 'db2', 'pass']);
  await lake.decide(map, ['alerts', 'db1', 'pass']);
  lake.at(`${DAY}T23:59:59.999Z`);
  await lake.decide(map, ['encrypted', 'db1', 'pass']);
  return map;
}

/** A folder with one closed day: what `fill` puts into it. */
export async function closed(fill: (lake: Fixture) => Promise<unknown> = ordinary) {
  const lake = await lakeOf(fill);
  lake.at('2026-03-02T01:00:00.000Z');
  const { details } = await closeDay(lake.ledger, DAY, { clock: lake.clock });
  return { folder: lake.folder, details, lake };
}

/** The words of a copy of a folder. */
export async function wordsOf(folder: string, change: (copy: string) => void = () => undefined) {
  const [KEY = ''] = await folderKeys(folder);
  return { FOLDER: tampered(folder, change), KEY };
}

/** The first digest of this name that a record of a log has. */
export async function digestIn(lake: Fixture, member: string): Promise<string> {
  const { size } = await lake.ledger.checkpoint();
  for await (const { bytes } of lake.ledger.entries(0, size)) {
    const found = new RegExp(`"${member}":"(sha256:[0-9a-f]{64})"`).exec(Buffer.from(bytes).toString());
    if (found?.[1] !== undefined) return found[1];
  }
  throw new Error(`no ${member}`);
}
