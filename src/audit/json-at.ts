import type { LedgerReader } from '../ledger/index.ts';
import { type Digest, isExhibitError } from '../record/index.ts';

/**
 * The JSON value that a record names by its digest; undefined where it is not there, or no JSON. Whoever may send a record may name any blob
 * in it, and one such record must not hide what all others say.
 * @throws ExhibitError BLOB_DIGEST
 */
export async function jsonAt(reader: Pick<LedgerReader, 'blob'>, digest: Digest): Promise<unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(await reader.blob(digest)));
  } catch (error) {
    if (error instanceof SyntaxError || isExhibitError(error, 'BLOB_MISSING')) return undefined;
    throw error;
  }
}
