import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Attack, Family, Scene } from '../attack.ts';
import { checkpointOf, type Log, makeLog, records, rewritten } from '../stage/log.ts';
import { edit, entries, file, putLog, split, swap, tampered } from '../stage/tools.ts';

let log: Promise<Log> | undefined;
const made = () => {
  log ??= makeLog('attacks.example.com/ledger');
  return log;
};

const VERIFY = 'exhibit ledger verify FOLDER --vkey KEY';
const KNOWN = `${VERIFY} --known KEPT`;
const NOT_WITNESSED = 'not witnessed (no witness key was given)';

/** The insider changes a copy of the folder; he has no key. */
const changed = (change: (folder: string, log: Log) => void) => async (): Promise<Scene> => {
  const { honest, vkey, ...rest } = await made();
  const FOLDER = tampered(honest, (folder) => change(folder, { honest, vkey, ...rest }));
  return { attacked: { FOLDER, KEY: vkey }, honest: { FOLDER: honest, KEY: vkey } };
};

const insider = (
  id: string,
  attack: string,
  does: string,
  place: string,
  change: Parameters<typeof changed>[0],
): Attack => ({
  ...{ id, attack, opponent: 'insider', does },
  seen: [{ command: VERIFY, exit: 1, says: ['LEDGER_CORRUPT', place] }],
  remains: 'Nothing, as long as the reader has the public key from another place than the folder.',
  perform: changed(change),
});

export const ledger: Family = {
  name: 'ledger',
  title: 'The log in a folder',
  attacks: [
    insider(
      '1a',
      'edit a sealed record',
      'writes other bytes of the same length into a bundle of entries',
      'record 17 ',
      (folder) => edit(entries(folder), (bytes) => swap(bytes, 'number 0017', 'number 0018')),
    ),
    insider('1b', 'remove a sealed record', 'takes one entry out of its bundle', 'record 40 ', (folder) =>
      edit(entries(folder), (bytes) => Buffer.concat(split(bytes).filter((_, at) => at !== 40))),
    ),
    insider('1c', 'put records into another order', 'exchanges two entries', 'record 5 ', (folder) =>
      edit(entries(folder), (bytes) => {
        const all = split(bytes);
        [all[5], all[6]] = [all[6] as Buffer, all[5] as Buffer];
        return Buffer.concat(all);
      }),
    ),
    insider(
      '1d',
      'truncate a file of the log',
      'cuts the end off a bundle of entries',
      'tile/entries/000',
      (folder) => edit(entries(folder), (bytes) => bytes.subarray(0, bytes.length - 100)),
    ),
    insider('1e', 'remove a file of the log', 'removes a bundle of entries', 'tile/entries/000', (folder) =>
      rmSync(entries(folder)),
    ),
    {
      id: '1f',
      attack: 'edit a record, and compute all hashes above it anew',
      opponent: 'insider',
      does: 'writes a log of his own of the same size, and puts its tiles under the signed checkpoint',
      seen: [{ command: VERIFY, exit: 1, says: ['LEDGER_CORRUPT', 'records 0 to 599'] }],
      remains:
        'Nothing without the signing key. The place is the root alone: every hash below it agrees with its records.',
      async perform() {
        const { honest, empty, vkey } = await made();
        const forged = await rewritten(empty, records(0, 600, { message: 'all is well' }));
        const FOLDER = tampered(honest, (folder) => {
          rmSync(join(folder, 'log', 'tile'), { recursive: true });
          cpSync(join(forged, 'log', 'tile'), join(folder, 'log', 'tile'), { recursive: true });
        });
        return { attacked: { FOLDER, KEY: vkey }, honest: { FOLDER: honest, KEY: vkey } };
      },
    },
    {
      id: '1g',
      attack: 'make the signed size smaller',
      opponent: 'insider',
      does: 'writes another size into the checkpoint',
      seen: [{ command: VERIFY, exit: 1, says: ['CHECKPOINT_INVALID', 'the signed note'] }],
      remains: 'Nothing without the signing key.',
      perform: changed((folder) =>
        edit(join(folder, 'log', 'checkpoint'), (bytes) => bytes.toString().replace('\n600\n', '\n599\n')),
      ),
    },
    {
      id: '2a',
      attack: 'take back the newest records',
      opponent: 'insider',
      does: 'restores the whole folder from a copy that was made earlier',
      blind: [{ command: VERIFY, exit: 0, says: [NOT_WITNESSED, 'size 300'] }],
      seen: [{ command: KNOWN, exit: 1, says: ['LEDGER_ROLLBACK', '600'] }],
      remains:
        'What came after the newest checkpoint that somebody else has. Without such a checkpoint it is not seen.',
      async perform() {
        const { honest, early, vkey } = await made();
        const KEPT = file('checkpoint', await checkpointOf(honest));
        return {
          attacked: { FOLDER: early, KEY: vkey, KEPT },
          honest: { FOLDER: honest, KEY: vkey, KEPT },
        };
      },
    },
    {
      id: '2b',
      attack: 'take back the newest records below the writer',
      opponent: 'insider',
      does: 'puts an earlier log under a writer that has signed a later one',
      seen: [
        {
          command: 'exhibit ledger seal FOLDER --heartbeat',
          exit: 3,
          says: ['LEDGER_CORRUPT', 'tile/0/002.p/88'],
        },
      ],
      remains: 'The writer stops and signs nothing more. A copy of the whole folder, `writer.db` too, is 2a.',
      async perform() {
        const { honest, early } = await made();
        const attacked = tampered(honest, (folder) => putLog(early, folder));
        return { attacked: { FOLDER: attacked }, honest: { FOLDER: tampered(honest, () => undefined) } };
      },
    },
    {
      id: '3a',
      attack: 'write the whole log anew, and sign it',
      opponent: 'operator',
      does: 'begins again before the first record, with the true key, and leaves out what failed',
      blind: [{ command: VERIFY, exit: 0, says: [NOT_WITNESSED, 'size 600'] }],
      seen: [{ command: KNOWN, exit: 1, says: ['LEDGER_FORK', '600'] }],
      remains: 'Whoever has the key and every copy of every checkpoint. Witnesses: 3b.',
      async perform() {
        const { honest, empty, vkey } = await made();
        const KEPT = file('checkpoint', await checkpointOf(honest));
        const FOLDER = await rewritten(empty, records(0, 600, { message: 'all is well' }));
        return { attacked: { FOLDER, KEY: vkey, KEPT }, honest: { FOLDER: honest, KEY: vkey, KEPT } };
      },
    },
    {
      id: '5a',
      attack: 'show two people two logs',
      opponent: 'operator',
      does: 'goes on from one state in two ways, and gives each auditor another',
      blind: [{ command: VERIFY, exit: 0, says: [NOT_WITNESSED, 'size 600'] }],
      seen: [{ command: KNOWN, exit: 1, says: ['LEDGER_FORK', '600'] }],
      remains: 'The two must compare: each gives the other his checkpoint. Witnesses: 5b.',
      async perform() {
        const { honest, early, vkey } = await made();
        // What the first auditor was shown, and kept.
        const KEPT = file('checkpoint', await checkpointOf(honest));
        const FOLDER = await rewritten(early, records(300, 600, { message: 'for the other' }));
        return { attacked: { FOLDER, KEY: vkey, KEPT }, honest: { FOLDER: honest, KEY: vkey, KEPT } };
      },
    },
  ],
};
