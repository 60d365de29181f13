import { hash } from 'node:crypto';
import { z } from 'zod';
import type { QueryAnswer } from '../../lake/index.ts';
import { canonicalize, ExhibitError } from '../../record/index.ts';

/** Most bytes of rows that are kept beside a saved answer. */
export const MOST_ROWS_BYTES = 16 * 2 ** 20;

const keptSchema = z.strictObject({ columns: z.array(z.string()), rows: z.array(z.array(z.json())) });

/**
 * The rows of an answer as a blob: canonical JSON of columns and rows, as they came.
 * @throws ExhibitError USAGE where they are more than are kept
 */
export function rowsBlob({ columns, rows }: Pick<QueryAnswer, 'columns' | 'rows'>): Uint8Array {
  const text = canonicalize({ columns: columns.map(({ name }) => name), rows });
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= MOST_ROWS_BYTES) return bytes;
  throw new ExhibitError(
    'USAGE',
    `the rows have ${bytes.length} bytes: more than ${MOST_ROWS_BYTES} are not kept`,
    {
      hint: 'Save without --keep-rows: the digest of the result is kept in any case.',
    },
  );
}

/** A row, and its SHA-256: of its canonical JSON. */
export interface KeptRow {
  digest: string;
  row: readonly unknown[];
}

/** @throws ExhibitError RECORD_INVALID: the blob is not what --keep-rows writes */
export function keptRows(blob: Uint8Array): KeptRow[] {
  try {
    return digested(keptSchema.parse(JSON.parse(new TextDecoder().decode(blob))).rows);
  } catch (cause) {
    throw new ExhibitError('RECORD_INVALID', 'the rows that were kept cannot be read', { cause });
  }
}

export function digested(rows: QueryAnswer['rows'] | z.infer<typeof keptSchema>['rows']): KeptRow[] {
  return rows.map((row) => ({ digest: `sha256:${hash('sha256', canonicalize(row), 'hex')}`, row }));
}

/** Rows of the first that the second does not have, each as often as it is missing. */
export function without(these: readonly KeptRow[], those: readonly KeptRow[]): KeptRow[] {
  const left = new Map<string, number>();
  for (const { digest } of those) left.set(digest, (left.get(digest) ?? 0) + 1);
  return these.filter(({ digest }) => {
    const count = left.get(digest) ?? 0;
    left.set(digest, count - 1);
    return count <= 0;
  });
}
