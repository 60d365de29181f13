import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { folderKeys, rotateKey } from '../../../src/ledger/index.ts';
import type { Family, Scene } from '../attack.ts';
import { done } from '../stage/ask.ts';
import { checkpointOf, clock, grow, type Log, makeLog, random, records, rewritten } from '../stage/log.ts';
import { file, tampered } from '../stage/tools.ts';
import { stopWitnesses, type WitnessOfOne, witnessFor } from '../stage/witness.ts';

let log: Promise<Log> | undefined;
const made = () => {
  log ??= makeLog('attacks.example.com/witnessed');
  return log;
};

const WITNESSED = 'exhibit ledger verify FOLDER --policy POLICY';
const ASK = 'exhibit ledger witness FOLDER --witness WITNESS';
const words = (FOLDER: string, { folder, setting, policy }: WitnessOfOne, more: object = {}) => ({
  FOLDER,
  WITNESS: setting,
  WITNESS_FOLDER: folder,
  POLICY: policy,
  ...more,
});

/** A witness that saw both halves of the honest log. */
async function seenWhole(): Promise<Log & { witness: WitnessOfOne; folder: string; half: string }> {
  const all = await made();
  const witness = await witnessFor(all.honest);
  const half = tampered(all.early, () => undefined);
  await witness.cosign(half);
  // The honest folder goes on from what was co-signed, and keeps it.
  const folder = tampered(all.honest, (copy) =>
    cpSync(join(half, 'log', 'cosigned'), join(copy, 'log', 'cosigned'), { recursive: true }),
  );
  await witness.cosign(folder);
  return { ...all, witness, folder, half };
}

/** Copies of a folder for both sides: asking a witness writes into it. */
const own = (folder: string) => tampered(folder, () => undefined);

async function forgedTail(): Promise<Scene> {
  const { folder, witness } = await seenWhole();
  const forged = await rewritten(folder, records(600, 650, { message: 'forged' }));
  return { attacked: words(forged, witness), honest: words(folder, witness) };
}

export const witnesses: Family = {
  name: 'witness',
  title: 'A log that a witness co-signs',
  close: stopWitnesses,
  attacks: [
    {
      id: '2c',
      attack: 'take back the newest records of a witnessed log',
      opponent: 'operator',
      does: 'restores the whole folder from a copy, and goes on asking the witness',
      blind: [{ command: WITNESSED, exit: 0, says: ['size 300', 'witnessed by 1 of 1'] }],
      seen: [
        { command: ASK, exit: 1, says: ['ROLLBACK', '600'] },
        {
          command: 'exhibit ledger verify FOLDER --policy POLICY --known NEWEST',
          exit: 1,
          says: ['LEDGER_ROLLBACK', '600'],
        },
      ],
      remains:
        'A reader who does not ask the witness for its newest checkpoint (`NEWEST`) sees an old co-signature that is right, with its time. A greatest age is asked for of stamps and of a second place (2e), not of co-signatures.',
      async perform() {
        const { folder, half, witness } = await seenWhole();
        const NEWEST = witness.newest();
        return {
          attacked: words(own(half), witness, { NEWEST }),
          honest: words(own(folder), witness, { NEWEST }),
        };
      },
    },
    {
      id: '3b',
      attack: 'write the whole log anew, sign it, and show it to somebody who asks for a witness',
      opponent: 'operator',
      does: 'as 3a; the witness co-signs nothing that does not go on from what it knows',
      seen: [
        { command: WITNESSED, exit: 1, says: ['CHECKPOINT_INVALID', 'quorum'] },
        { command: ASK, exit: 1, says: ['FORK', '600'] },
      ],
      remains: 'An operator who runs all the witnesses that are asked for.',
      async perform() {
        const { empty, folder, witness } = await seenWhole();
        const forged = await rewritten(empty, records(0, 600, { message: 'all is well' }));
        return { attacked: words(forged, witness), honest: words(own(folder), witness) };
      },
    },
    {
      id: '5b',
      attack: 'show two people two logs, one of whom runs a witness',
      opponent: 'operator',
      does: 'has the witness co-sign one, and shows the witness the other of the same size, too',
      seen: [
        {
          command: 'exhibit witness show WITNESS_FOLDER',
          exit: 1,
          says: ['FORK', 'attacks.example.com/witnessed: signed size 600'],
        },
      ],
      remains:
        'A log that is never shown to the witness: readers who ask for it refuse it (3b), others do not.',
      async perform() {
        const { early, folder, witness } = await seenWhole();
        const other = await seenWhole();
        const forged = await rewritten(early, records(300, 600, { message: 'for the other' }));
        await witness.cosign(forged).catch(() => undefined);
        return { attacked: words(forged, witness), honest: words(folder, other.witness) };
      },
    },
    {
      id: '6a',
      attack: 'steal the key, and sign records that never were behind the true ones',
      opponent: 'key thief',
      does: 'goes on from the true log with the stolen key, and shows it to a reader',
      blind: [
        { command: 'exhibit ledger verify FOLDER --vkey KEY', exit: 0, says: ['size 650', 'not witnessed'] },
      ],
      seen: [
        {
          command: WITNESSED,
          exit: 0,
          says: ['witnessed by 1 of 1', 'the records from 600 on are not witnessed'],
        },
      ],
      remains: 'Records that the witness has not seen yet are as good as the key. The level says from where.',
      async perform() {
        const { attacked, honest } = await forgedTail();
        const { vkey } = await made();
        return { attacked: { ...attacked, KEY: vkey }, honest };
      },
    },
    {
      id: '6b',
      attack: 'steal the key, and be the first at the witness',
      opponent: 'key thief',
      does: 'has his own tail co-signed before the true writer comes',
      blind: [
        { command: 'exhibit ledger verify FORGED --policy POLICY', exit: 0, says: ['witnessed by 1 of 1'] },
      ],
      seen: [{ command: ASK, exit: 1, says: ['ROLLBACK (proven)', '650'] }],
      remains:
        'The true writer sees it when it asks next, and its log cannot go on under this witness: both histories are signed by the key. Until then the forged one is witnessed.',
      async perform() {
        const { attacked, honest } = await forgedTail();
        await grow(honest.FOLDER ?? '', records(600, 640));
        const FORGED = attacked.FOLDER ?? '';
        const setting = attacked.WITNESS ?? '';
        const other = await seenWhole();
        await done(ASK, { FOLDER: FORGED, WITNESS: setting });
        return {
          attacked: { ...attacked, FOLDER: honest.FOLDER ?? '', FORGED },
          honest: words(other.folder, other.witness),
        };
      },
    },
    {
      id: '6c',
      attack: 'use a stolen key after the log has replaced it',
      opponent: 'key thief',
      does: 'goes on from before the change of keys with the old key',
      blind: [
        {
          command: 'exhibit ledger verify FOLDER --vkey OLD_KEY',
          exit: 0,
          says: ['size 700', 'not witnessed'],
        },
      ],
      seen: [
        {
          command: 'exhibit ledger verify FOLDER --vkey KEY',
          exit: 1,
          says: ['CHECKPOINT_INVALID', 'the signed note'],
        },
        {
          command: 'exhibit ledger verify FOLDER --vkey OLD_KEY --known KEPT',
          exit: 1,
          says: ['LEDGER_ROLLBACK', '601'],
        },
      ],
      remains: 'Readers who have only the old key, and no checkpoint from after the change.',
      async perform() {
        const { honest, vkey } = await made();
        const rotated = own(honest);
        await rotateKey(rotated, { clock, random });
        const KEY = (await folderKeys(rotated)).find((key) => key !== vkey) ?? '';
        const KEPT = file('checkpoint', await checkpointOf(rotated));
        const FOLDER = await rewritten(honest, records(600, 700, { message: 'forged' }));
        rmSync(join(FOLDER, 'log', 'handover'), { recursive: true, force: true });
        return {
          attacked: { FOLDER, KEY, OLD_KEY: vkey, KEPT },
          honest: { FOLDER: rotated, KEY, OLD_KEY: vkey, KEPT },
        };
      },
    },
  ],
};
