import { closeDay } from '../../../src/lake/index.ts';
import type { Family } from '../attack.ts';
import { closed, closeLakes, DAY, lakeOf, ordinary, wordsOf } from '../stage/lake.ts';
import { dated } from '../stage/log.ts';

const QUERY = `--evidence FOLDER --from ${DAY} --to ${DAY}`;

export const time: Family = {
  name: 'time',
  title: 'Time',
  close: closeLakes,
  attacks: [
    {
      id: '4a',
      attack: 'date a decision back',
      opponent: 'emitter',
      does: 'sends a pass today that says it was true three months ago',
      seen: [{ command: `exhibit query late-records ${QUERY}`, exit: 0, says: ['2025-12-01'] }],
      remains:
        'A lie of less than a day is not listed. `recorded_at` is what the ledger says, `observed_at` what the emitter says.',
      async perform() {
        const late = await closed(async (lake) => {
          const map = await ordinary(lake);
          await lake.decide(map, ['encrypted', 'db7', 'pass', { observed_at: '2025-12-01T10:00:00.000Z' }]);
        });
        return { attacked: await wordsOf(late.folder), honest: await wordsOf((await closed()).folder) };
      },
    },
    {
      id: '4b',
      attack: 'set the clock of the ledger back',
      opponent: 'operator',
      does: 'seals with a clock that is two hours behind the last record',
      seen: [{ command: `exhibit query gap-records ${QUERY}`, exit: 0, says: ['clock'] }],
      remains: '`recorded_at` never decreases along the log. Less than five minutes are not said.',
      async perform() {
        const back = await lakeOf(async (lake) => {
          const map = await ordinary(lake);
          lake.at('2026-03-01T21:59:00.000Z');
          await lake.decide(map, ['encrypted', 'db7', 'pass']);
        });
        back.at('2026-03-02T01:00:00.000Z');
        await closeDay(back.ledger, DAY, { clock: back.clock });
        return { attacked: await wordsOf(back.folder), honest: await wordsOf((await closed()).folder) };
      },
    },
    {
      id: '4c',
      attack: 'set the clock of the ledger on',
      opponent: 'operator',
      does: 'seals once with a clock that is far ahead, so that all that follows looks late',
      seen: [{ command: 'exhibit ledger verify FOLDER --vkey KEY', exit: 0, says: ['GAP', 'ahead of'] }],
      remains: 'Seen only while the clock of the reader is behind that of the last record.',
      async perform() {
        const later = new Date(Date.now() + 40 * 86_400_000).toISOString();
        return { attacked: await dated(later), honest: await dated(new Date().toISOString()) };
      },
    },
  ],
};
