import { changed } from '../../../src/anchors/testing/rewrite.ts';
import type { Attack, Family, Words } from '../attack.ts';
import { type Anchored, anchored, resigned, stale, stopAuthority } from '../stage/anchors.ts';
import { done } from '../stage/ask.ts';
import { dated, records, rewritten } from '../stage/log.ts';
import { tampered } from '../stage/tools.ts';

let whole: Promise<Anchored> | undefined;
const made = () => {
  whole ??= anchored();
  return whole;
};

const BARE = 'exhibit ledger verify FOLDER --vkey KEY';
const AGAINST = `${BARE} --against PLACE`;
const STAMPED = `${BARE} --tsa-root TSA_ROOT`;
const NOW = /"recorded_at":"[^"]+"/;

const operator = (
  fields: Pick<Attack, 'id' | 'attack' | 'does' | 'seen' | 'remains'>,
  change: (log: Anchored) => Promise<Words>,
): Attack => ({
  opponent: 'operator',
  blind: [{ command: BARE, exit: 0, says: ['not witnessed'] }],
  ...fields,
  async perform() {
    const log = await made();
    // A verification writes nothing, but a copy of its own cannot be disturbed by another attack.
    const honest = { ...log.words, FOLDER: tampered(log.folder, () => undefined) };
    return { attacked: { ...log.words, ...(await change(log)) }, honest };
  },
});

export const anchors: Family = {
  name: 'anchors',
  title: 'A log with time stamps and a second place',
  close: stopAuthority,
  attacks: [
    operator(
      {
        id: '2d',
        attack: 'take back the newest records of a log whose checkpoints are kept elsewhere',
        does: 'restores the whole folder from a copy',
        seen: [
          {
            command: AGAINST,
            exit: 1,
            says: ['LEDGER_ROLLBACK', 'the records from 10 on are gone', 'checkpoints/21'],
          },
        ],
        remains:
          'A second place that the same people can change. In a bucket every version is read, and the level says whether it is locked.',
      },
      async ({ early }) => ({ FOLDER: early }),
    ),
    operator(
      {
        id: '2e',
        attack: 'stop, and take back what came since',
        does: 'keeps no more checkpoints, and shows a log that agrees with all that are kept',
        seen: [{ command: `${AGAINST} --max-age 26h`, exit: 1, says: ['FINDING', 'older than 1d 2h'] }],
        remains: 'What is younger than the age that is asked for.',
      },
      async ({ folder, words }) => ({ FOLDER: folder, PLACE: stale(words.PLACE) }),
    ),
    operator(
      {
        id: '3c',
        attack: 'write the whole log anew, where its checkpoints are kept elsewhere',
        does: 'begins again before the first record, with the true key',
        seen: [{ command: AGAINST, exit: 1, says: ['LEDGER_FORK', 'checkpoints/21'] }],
        remains: 'As 2d.',
      },
      async ({ empty }) => ({ FOLDER: await rewritten(empty, records(0, 40, { message: 'all is well' })) }),
    ),
    operator(
      {
        id: '3d',
        attack: 'change a record below a time stamp, and sign the log anew',
        does: 'edits record 5, computes every hash again, and signs with the true key; the stamp stays where it was',
        seen: [{ command: STAMPED, exit: 1, says: ['TIMESTAMP_INVALID', 'record 20'] }],
        remains: 'Records after the newest stamp: the level says how many. An authority whose key is stolen.',
      },
      async ({ folder }) => ({
        FOLDER: await resigned(folder, (entries) =>
          entries.map((one, at) => (at === 5 ? changed(one, 'number 0005', 'number 0006') : one)),
        ),
      }),
    ),
    operator(
      {
        id: '3e',
        attack: 'leave the time stamps out',
        does: 'takes the records of the stamps out of the log, and signs it anew',
        seen: [{ command: STAMPED, exit: 1, says: ['FINDING', 'the log has no time stamp'] }],
        remains: 'A reader who does not ask for stamps.',
      },
      async ({ folder }) => ({ FOLDER: await resigned(folder, (entries) => entries.slice(0, 20)) }),
    ),
    operator(
      {
        id: '4d',
        attack: 'make up a log today, and say that it is months old',
        does: 'begins a log with a clock that was set back, and writes the whole past into it',
        seen: [{ command: STAMPED, exit: 1, says: ['FINDING', 'the log has no time stamp'] }],
        remains:
          'A stamp that is taken today over the whole of it: the level says its time, to be read beside the time of the last record. So does the time at which a witness co-signed.',
      },
      async () => dated('2026-01-05T10:00:00.000Z'),
    ),
    operator(
      {
        id: '4e',
        attack: 'have a log of the past stamped, and date the stamp back',
        does: 'as 4d, has it stamped today, lets the record of the stamp say that it is older, and signs the log anew',
        seen: [{ command: STAMPED, exit: 1, says: ['TIMESTAMP_INVALID', 'back-dated', 'record 2'] }],
        remains: 'Between two stamps, times are bounded by the two, to five minutes.',
      },
      async ({ words }) => {
        const yesterday = new Date(Date.now() - 86_400_000).toISOString();
        const made = await dated(yesterday);
        await done('exhibit ledger timestamp FOLDER --tsa TSA_URL --tsa-root TSA_ROOT', {
          ...words,
          ...made,
        });
        const back = (one: Uint8Array) => changed(one, NOW, `"recorded_at":"${yesterday}"`);
        return { ...made, FOLDER: await resigned(made.FOLDER, (entries) => entries.map(back)) };
      },
    ),
  ],
};
