import { join } from 'node:path';

/** Names below the folder of a ledger. Those of the log, keys and blobs are the same in a bucket. */
export const CONFIG = 'exhibit.json';
export const LOG = 'log';
export const CHECKPOINT = 'log/checkpoint';
/** Proofs by which who trusts an earlier key of the log trusts the next one. */
export const HANDOVERS = 'log/handover';
export const SIGNER = 'keys/signer.key';
/** The key that takes over, until the log is handed to it. */
export const NEXT_SIGNER = 'keys/signer.next';

export const walFolder = (folder: string): string => join(folder, 'wal');
export const indexFolder = (folder: string): string => join(folder, 'index');
export const writerFile = (folder: string): string => join(folder, 'writer.db');
export const emittersFile = (folder: string): string => join(folder, 'emitters.db');

/** An origin as one part of a file name: `example.com/audit` becomes `example.com_audit`. */
function safe(origin: string): string {
  return origin.replaceAll(/[^\w.=@-]/g, '_');
}

/** The key that signs now. */
export function currentKeyFile(origin: string): string {
  return `keys/${safe(origin)}.vkey`;
}

/** A key that signed before, by its id (8 hexadecimal digits). */
export function formerKeyFile(origin: string, id: string): string {
  return `keys/${safe(origin)}.${id}.vkey`;
}
