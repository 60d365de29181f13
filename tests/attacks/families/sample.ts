import { openReader } from '../../../src/ledger/index.ts';
import type { Family } from '../attack.ts';
import { closed, closeLakes, DAY, ordinary, wordsOf } from '../stage/lake.ts';
import { file } from '../stage/tools.ts';

/** Index of the one decision that failed. */
const FAILED = 1;

export const sample: Family = {
  name: 'sample',
  title: 'The sample',
  close: closeLakes,
  attacks: [
    {
      id: '15',
      attack: 'choose the sample',
      opponent: 'operator',
      does: 'hands over records "at random", each with a proof that is right, and among them none that failed',
      blind: [{ command: 'exhibit verify record RECORD PROOF --vkey KEY', exit: 0, says: ['index 2'] }],
      seen: [],
      undefended: true,
      holds: [
        {
          command: `exhibit query decisions --evidence FOLDER --control soc2/cc6.1 --from ${DAY} --to ${DAY}`,
          exit: 0,
          says: ['complete', 'fail', `log_index ${FAILED}`],
        },
      ],
      remains:
        'Not defended yet where the operator draws: no command draws a sample by a seed that both sides know. The population is: the auditor reads all of it, counted against the manifest, and draws alone.',
      async perform() {
        const { folder } = await closed(ordinary);
        const words = await wordsOf(folder);
        const reader = await openReader(folder);
        const RECORD = file('record.json', await bytesAt(reader, 2));
        const PROOF = file('record.tlog-proof', await reader.proof(2));
        return { attacked: { ...words, RECORD, PROOF }, honest: words };
      },
    },
  ],
};

async function bytesAt(reader: Awaited<ReturnType<typeof openReader>>, index: number): Promise<Uint8Array> {
  for await (const { bytes } of reader.entries(index, index + 1)) return bytes;
  throw new Error(`no record ${index}`);
}
