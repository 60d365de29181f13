import {
  type QueryAnswer,
  type QueryRequest,
  queryRemote,
  type RemoteOptions,
} from '../../../src/lake/index.ts';
import { openReader } from '../../../src/ledger/index.ts';
import { storeOn } from '../s3/bucket.ts';
import { PERIOD, type Place } from './lake.ts';

/** Asks Trino; the log is read from the bucket too. */
export async function askTrino(
  { engine, location, s3 }: Place,
  request: QueryRequest,
  more: Partial<RemoteOptions> = {},
): Promise<QueryAnswer> {
  const store = storeOn(s3, { url: location }, { differing: 'give' });
  const reader = await openReader(store);
  try {
    return await queryRemote(reader, { ...PERIOD, ...request }, engine, {
      lake: { location, name: 'exhibit' },
      objects: store,
      ...more,
    });
  } finally {
    await reader.close();
    store.close();
  }
}
