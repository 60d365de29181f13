import { isExhibitError } from '../../record/index.ts';
import { openCheckpoint, parseVkey, type SignedCheckpoint, type VerifierKey } from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import { readConfig } from '../config.ts';
import { sha256 } from '../hash.ts';
import { folderKeys } from '../keys.ts';
import { ProvenLog } from '../proven-log.ts';
import { FolderReader } from '../reader.ts';

/** A log as it is shown to witnesses: one checkpoint and the tiles behind it. */
export interface LogView {
  origin: string;
  /** The signed checkpoint, verbatim. */
  note: string;
  checkpoint: SignedCheckpoint;
  log: ProvenLog;
  /** Every key of the log, of now and of before. */
  keys: VerifierKey[];
}

/** @throws ExhibitError LEDGER_NOT_FOUND, CHECKPOINT_INVALID, LEDGER_KEY */
export async function openView(folder: string): Promise<LogView> {
  const { origin } = await readConfig(folder);
  const reader = new FolderReader(folder, origin);
  const note = await reader.checkpointText();
  const keys = (await folderKeys(folder)).flatMap((vkey) => keyOf(vkey));
  const checkpoint = openCheckpoint(note, keys, nodeCrypto, { origin });
  return { origin, note, checkpoint, log: new ProvenLog(reader.store, checkpoint), keys };
}

/** A file in the folder that is no key is not the business of witnesses. */
function keyOf(vkey: string): VerifierKey[] {
  try {
    return [parseVkey(sha256, vkey)];
  } catch (error) {
    if (isExhibitError(error, 'LEDGER_KEY')) return [];
    throw error;
  }
}
