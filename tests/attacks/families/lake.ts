import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CC61, CC72, FACT } from '../../../src/lake/testing/fixture.ts';
import type { Answer, Attack, Family } from '../attack.ts';
import { closed, closeLakes, wordsOf } from '../stage/lake.ts';
import { edit } from '../stage/tools.ts';

let day: ReturnType<typeof closed> | undefined;
const made = () => {
  day ??= closed();
  return day;
};

const VERIFY = 'exhibit lake verify FOLDER';
const QUERY =
  'exhibit query decisions --evidence FOLDER --control soc2/cc6.1 --from 2026-03-01 --to 2026-03-01 --check digest';
const sees = (command: string, exit: 1 | 3, ...says: string[]): Answer => ({ command, exit, says });

const tampers = (
  id: string,
  attack: string,
  does: string,
  seen: readonly Answer[],
  change: (folder: string) => void,
  holds: readonly Answer[] = [],
): Attack => ({
  ...{ id, attack, opponent: 'storage administrator', does, seen, holds },
  remains: 'Whoever reads the files without the manifest, in another program, sees nothing.',
  async perform() {
    const { folder } = await made();
    return { attacked: await wordsOf(folder, change), honest: await wordsOf(folder) };
  },
});

export const lake: Family = {
  name: 'lake',
  title: 'The lake in a folder',
  close: closeLakes,
  attacks: [
    tampers(
      '11a',
      'change a file of the lake',
      'turns one bit of the locked file of a control',
      [sees(VERIFY, 1, CC61), sees(QUERY, 3, CC61)],
      (folder) =>
        edit(join(folder, CC61), (bytes) => {
          bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
          return bytes;
        }),
    ),
    tampers(
      '11b',
      "put another control's file in its place",
      'copies a file that is right, to where another belongs',
      [sees(VERIFY, 1, CC61), sees(QUERY, 3, CC61)],
      (folder) => edit(join(folder, CC61), () => readFileSync(join(folder, CC72))),
    ),
    tampers(
      '11c',
      'remove a file of the lake, so that there are no findings',
      'removes the file of a control',
      [sees(VERIFY, 1, CC61), sees(QUERY, 3, CC61)],
      (folder) => rmSync(join(folder, CC61)),
    ),
    tampers(
      '11d',
      'add a file, so that passes are counted twice',
      'puts a second file beside that of a control',
      [sees(VERIFY, 1, 'day=01/more.parquet', 'named by no manifest')],
      (folder) =>
        copyFileSync(join(folder, CC61), join(folder, CC61.replace('evidence.parquet', 'more.parquet'))),
    ),
    tampers(
      '11e',
      'change a file and the manifest beside it',
      'changes the file of all records, and makes the copy of the manifest agree',
      [sees(VERIFY, 1, 'manifests/2026-03-01.json', FACT)],
      (folder) => {
        edit(join(folder, FACT), (bytes) => bytes.subarray(0, bytes.length - 1));
        edit(join(folder, 'manifests/2026-03-01.json'), (bytes) =>
          bytes.toString().replace(/"rows":\d+/, '"rows":0'),
        );
      },
    ),
    tampers(
      '11f',
      'replace the lake',
      'removes all of it but one file, which is changed; the log is left alone',
      [sees(VERIFY, 1, CC72)],
      (folder) => {
        for (const root of ['fact', 'manifests', 'daily_counts'])
          rmSync(join(folder, root), { recursive: true, force: true });
        edit(join(folder, CC72), (bytes) => bytes.subarray(0, 50));
      },
      [
        {
          command: 'exhibit lake rebuild FOLDER',
          exit: 0,
          says: ['the log gives the same bytes', '3 files restored'],
        },
      ],
    ),
  ],
};
