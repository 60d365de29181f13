import { Blocks, type Entry, type LogReader } from '../../ledger/index.ts';
import { inList } from '../duckdb.ts';
import { FEW_RECORDS, rowsWhereWhole } from './whole.ts';

/** Which entries are meant. */
export interface Where {
  /** Condition over `fact`. Nothing from outside may stand in it but as a quoted text. */
  sql: string;
  /** Whether an entry may be one, by its bytes: whatever the condition holds of has the mark; others may have it. */
  marked: (bytes: Buffer) => boolean;
}

/** Characters of texts in one condition: the text of a question has an end. */
const MOST_CHARACTERS = 100_000;

/**
 * A condition that a column has one of some texts, whatever they hold: they may come from anybody. Where they are too many it holds of every row, and
 * whoever asked finds those that are meant.
 */
export function oneOf(column: string, texts: ReadonlySet<string>): string {
  if (texts.size === 0) return 'false';
  const list = inList(texts);
  return list.length > MOST_CHARACTERS ? 'true' : `${column} IN ${list}`;
}

export interface WhereOptions {
  /** A stretch of fewer records is read. */
  few?: number | undefined;
  progress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Entries of a stretch of a log of which something holds, in its order. Where in a long stretch they stand the lake says; where it is not whole, or
 * does not answer, each entry is read. The bytes are those of the log either way.
 *
 * What is given may be more than what was asked for: whoever asks looks at each record.
 * @throws ExhibitError LEDGER_...
 */
export async function* entriesWhere(
  reader: LogReader,
  { from, to }: { from: number; to: number },
  { sql, marked }: Where,
  { few = FEW_RECORDS, progress = () => {} }: WhereOptions = {},
): AsyncGenerator<Entry> {
  if (from >= to) return;
  const places = to - from < few ? undefined : await placesOf(reader, { from, to }, sql);
  const total = places?.entries(to) ?? to - from;
  let done = 0;
  for await (const entry of places?.read(reader, to) ?? reader.entries(from, to)) {
    done += 1;
    if (done % 1_000 === 0) progress(done, total);
    const { bytes, index } = entry;
    if (index >= from && marked(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))) yield entry;
  }
  progress(total, total);
}

async function placesOf(
  reader: LogReader,
  stretch: { from: number; to: number },
  sql: string,
): Promise<Blocks | undefined> {
  const block = `log_index - (log_index % ${Blocks.LEAVES})`;
  const within = `log_index >= ${stretch.from} AND log_index < ${stretch.to}`;
  const rows = await rowsWhereWhole(
    reader,
    `SELECT DISTINCT ${block} AS leaf FROM fact WHERE ${within} AND (${sql}) ORDER BY 1`,
    stretch,
  );
  if (rows === undefined) return undefined;
  const blocks = new Blocks();
  for (const [leaf] of rows) blocks.add(Number(leaf));
  return blocks;
}
