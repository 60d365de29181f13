import { isExhibitError } from '../../record/index.ts';
import { remoteOf } from './remote.ts';

/** Where the log of a folder lies, and who writes it. */
export interface BucketFacts {
  /** `s3://bucket/prefix` */
  store: string;
  work: string;
  /** Where the lock is. */
  lock: string;
  /** `unknown` where the lock could not be read: see message. */
  writes: 'this folder' | 'another folder' | 'unknown';
  /** How often a folder has taken over, from 1. */
  epoch?: number;
  /** The machine that writes, by its own word. */
  host?: string;
  message?: string;
}

/** Undefined where the log lies in the folder alone. Asks the lock; that it does not answer is a fact, too. */
export async function bucketFacts(folder: string): Promise<BucketFacts | undefined> {
  const remote = await remoteOf(folder);
  if (remote === undefined) return undefined;
  const places = { store: remote.store.name, work: remote.work.name, lock: remote.cell.name };
  try {
    const { instance, epoch, host } = (await remote.lock()).held;
    const writes = instance === remote.settings.instance ? 'this folder' : 'another folder';
    return { ...places, writes, epoch, host };
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    return { ...places, writes: 'unknown', message: error.message };
  }
}
