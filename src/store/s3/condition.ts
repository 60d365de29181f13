import { randomUUID } from 'node:crypto';
import { isExhibitError } from '../../record/index.ts';
import type { Connection } from './connection.ts';
import { digestOf, head } from './read.ts';
import { write } from './write.ts';

/** Below this prefix lies what Exhibit writes to find out what a store does. */
export const CHECK_PREFIX = 'exhibit-check/';

/**
 * Whether the store refuses a write with `If-None-Match: *` where something is there. Ceph before 19 ignores the header.
 * Found out by trying, on an object of our own.
 * @throws ExhibitError STORE_FAILED
 */
export async function heedsCondition(connection: Connection): Promise<boolean> {
  const key = `${connection.place.prefix}${CHECK_PREFIX}if-none-match`;
  // Other bytes each time, so that a store that answers 412 for equal bytes alone is not taken for one that heeds.
  const put = (ifAbsent: boolean) => {
    const bytes = Buffer.from(`exhibit ${randomUUID()}\n`);
    return write(
      connection,
      { key, bytes, digest: digestOf(bytes), ifAbsent, lock: {} },
      async () => undefined,
    );
  };
  if ((await head(connection, key)) === undefined) await put(false);
  try {
    await put(true);
    return false;
  } catch (error) {
    if (isExhibitError(error) && error.details.status === 412) return true;
    throw error;
  }
}
