import { closeDay } from '../../../lake/index.ts';
import { fixtureOver } from '../../../lake/testing/fixture.ts';
import type { Stage } from './stage.ts';

const DAY = 86_400_000;

/** What somebody who fails a check may choose as its message. */
export const HOSTILE = `<script>alert(1)</script>"'&\u202ereversed =cmd|' /C calc'!A0`;

/**
 * A closed day two days ago and an open one of today, with decisions of two frameworks: what belongs to iso27001 alone has `secret` in it.
 * @returns the first day
 */
export async function fill(own: Stage): Promise<string> {
  own.wait(-2 * DAY);
  const from = new Date(own.now()).toISOString().slice(0, 10);
  await own.beside(async (ledger) => {
    const lake = fixtureOver(ledger, own.now, () => undefined);
    const map = await lake.announce('r1', [
      ['encrypted', 'soc2/cc6.1'],
      ['secret.policy', 'iso27001/a.8.24'],
    ]);
    await lake.decide(
      map,
      ['encrypted', 'db1', 'fail', { message: HOSTILE }],
      ['encrypted', 'db2', 'pass'],
      ['secret.policy', 'secret-subject', 'fail', { message: 'secret-message' }],
    );
    own.wait(2 * DAY);
    await closeDay(ledger, from, { clock: own.now });
    await lake.decide(map, ['encrypted', 'db3', 'pass'], ['secret.policy', 'secret-today', 'fail']);
  });
  return from;
}
