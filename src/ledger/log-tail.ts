import { TILE_WIDTH } from '../verify/index.ts';
import { type ProvenLog, prefixed } from './proven-log.ts';
import { Edge } from './tree.ts';

/** Where the log ends: what is needed to write on. */
export interface LogTail {
  edge: Edge;
  /** Root at the edge, hexadecimal. */
  root: string;
  /** Bytes of the last entry bundle, where it is partial. */
  bundle: Uint8Array;
}

/**
 * Reads the end of a log.
 * @throws ExhibitError LEDGER_CORRUPT where its tiles and its last bundle do not lead to the root of the checkpoint: nothing is
 *   built on them
 */
export async function readTail(log: ProvenLog): Promise<LogTail> {
  const { size, root } = log;
  const edge = new Edge(size, await log.edge());
  const open = size % TILE_WIDTH === 0 ? [] : await log.bundle(Math.floor(size / TILE_WIDTH));
  return { edge, root, bundle: Buffer.concat(open.map(prefixed)) };
}
