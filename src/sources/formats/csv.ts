import { finished } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import type { z } from 'zod';
import { isExhibitError } from '../../record/index.ts';
import { conform, problemOf } from '../each.ts';
import type { Item, Report } from '../types.ts';

/** Longest row in bytes: a quote that does not end would take the rest of the file with it. */
const LONGEST_ROW = 4 * 1024 * 1024;
/** Characters that are parsed together. */
const BLOCK = 65_536;
const HINT = 'The report is damaged, or was changed by a spreadsheet. Run the tool again.';

interface Row {
  record: unknown;
  info: { lines: number; error?: Error };
}

/**
 * Rows of a CSV report with a line of names, one by one, in constant memory. A row that has too few or too many fields is a problem of
 * its line; a quote that does not end is one, and ends the reading.
 */
export async function* csvRows<T>(
  report: Report,
  delimiter: string,
  schema: z.ZodType<T>,
  make: (value: T) => Iterable<Item>,
): AsyncGenerator<Item> {
  try {
    for await (const row of rowsOf(report, delimiter)) {
      const { lines, error } = row.info;
      if (error === undefined) for (const item of conform(row.record, schema, make, lines)) yield item;
      else
        yield {
          type: 'problem',
          message: `the row does not have as many fields as the first line has names: ${error.message.slice(0, 160)}`,
          line: lines,
          hint: HINT,
        };
    }
  } catch (cause) {
    if (isExhibitError(cause)) yield problemOf(cause);
    else if (cause instanceof CsvError)
      yield {
        type: 'problem',
        message: `not well-formed CSV: ${cause.message.slice(0, 160)}`,
        line: (cause as unknown as { lines?: number }).lines,
        hint: `What stands before was read. ${HINT}`,
      };
    else throw cause;
  }
}

/** All rows before what is no CSV, and then its error: a stream would drop those that wait in it when it fails. */
async function* rowsOf(report: Report, delimiter: string): AsyncGenerator<Row> {
  let rows: Row[] = [];
  const parser = parse({
    columns: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    delimiter,
    max_record_size: LONGEST_ROW,
    on_record: (row: Row) => {
      rows.push(row);
      return null;
    },
  });
  // The error is asked for where its rows were taken.
  parser.on('error', () => undefined);
  parser.resume();
  const taken = () => {
    const list = rows;
    rows = [];
    return list;
  };
  try {
    for await (const block of blocksOf(report)) {
      await new Promise((resolve) => parser.write(block, resolve));
      yield* taken();
      if (parser.errored !== null) throw parser.errored;
    }
    parser.end();
    await finished(parser).catch(() => undefined);
    yield* taken();
    if (parser.errored !== null) throw parser.errored;
  } finally {
    parser.destroy();
  }
}

/** Lines in blocks; those before a line that cannot be read come first, and then its error. */
async function* blocksOf(report: Report): AsyncGenerator<string> {
  let block = '';
  let failure: { cause: unknown } | undefined;
  try {
    for await (const { text } of report.lines()) {
      block += `${text}\n`;
      if (block.length < BLOCK) continue;
      yield block;
      block = '';
    }
  } catch (cause) {
    failure = { cause };
  }
  if (block !== '') yield block;
  if (failure !== undefined) throw failure.cause;
}
