import { ExhibitError, toHex } from '../record/index.ts';
import { folderStore, type NamedStore } from '../store/index.ts';
import {
  type Checkpoint,
  type Handover,
  type LogSource,
  openCosigned,
  openTrusted,
  parseVkey,
  readCosigned,
  type SignedCheckpoint,
  type VerifierKey,
} from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import { earlierRoot } from './audit-path.ts';
import { readConfig } from './config.ts';
import { sha256 } from './hash.ts';
import { LOG } from './layout.ts';
import { ProvenLog } from './proven-log.ts';
import { readPublicKey } from './public-key.ts';

export interface ShownOptions {
  /** Verifier keys that the reader has from another place; without them the folder's own key is taken. */
  vkeys?: readonly string[];
  witnesses?: readonly VerifierKey[];
  /** Earlier states that the log must contain: each is compared with the root that its tiles lead to. */
  known?: readonly (Pick<Checkpoint, 'size'> & { root: string })[];
}

/** What a log says of itself now, opened by keys, without its records being read. */
export interface Shown {
  checkpoint: SignedCheckpoint;
  /** From a given key to the one that signed, newest first. */
  handovers: Handover[];
  /** Checkpoints that witnesses co-signed, newest first. The log contains each. */
  cosigned: SignedCheckpoint[];
}

/**
 * Opens the checkpoint of a log with trusted keys and shows, by its tiles, that it contains what was co-signed and what was known. It says
 * nothing about records that nobody read: whoever reads one with a LogReader follows it up to the same root. `verifyLedger` reads all.
 * @throws ExhibitError LEDGER_NOT_FOUND, CHECKPOINT_INVALID, LEDGER_ROLLBACK, LEDGER_FORK, LEDGER_CORRUPT
 */
export async function openShown(place: string | NamedStore, options: ShownOptions = {}): Promise<Shown> {
  const store = typeof place === 'string' ? folderStore(place) : place;
  const { origin } = await readConfig(place);
  const own =
    options.vkeys === undefined
      ? [await readPublicKey(place, origin)]
      : options.vkeys.map((vkey) => parseVkey(sha256, vkey));
  const keys = [...own, ...(options.witnesses ?? [])];
  const source: LogSource = (path) => store.get(`${LOG}/${path}`);
  // Before the checkpoint, so that none of them is newer than it.
  const kept = await readCosigned(source);
  const note = await source('checkpoint');
  if (note === undefined)
    throw new ExhibitError('LEDGER_NOT_FOUND', 'the log has no checkpoint', {
      location: { file: 'checkpoint' },
    });
  const { checkpoint, handovers } = await openTrusted(source, note, keys, nodeCrypto, { origin });
  const cosigned = await openCosigned(source, kept, keys, nodeCrypto, origin);
  const log = new ProvenLog(store, checkpoint);
  const earlier = cosigned.map(({ size, root }) => ({ size, root: toHex(root) }));
  for (const known of [...earlier, ...(options.known ?? [])]) await contains(log, known);
  return { checkpoint, handovers, cosigned };
}

async function contains(log: ProvenLog, { size, root }: { size: number; root: string }): Promise<void> {
  const details = { known: { size, root }, size: log.size };
  if (size > log.size)
    throw new ExhibitError('LEDGER_ROLLBACK', `the log had ${size} records before, and has ${log.size} now`, {
      details,
    });
  if (toHex(await earlierRoot(log, size)) !== root)
    throw new ExhibitError(
      'LEDGER_FORK',
      `the log is not the one that had the root ${root} at size ${size}`,
      {
        details,
      },
    );
}
