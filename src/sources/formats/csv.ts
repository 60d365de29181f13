import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { z } from 'zod';
import { isExhibitError } from '../../record/index.ts';
import { conform, problemOf } from '../each.ts';
import type { Item, Report } from '../types.ts';

/** Longest row in bytes: a quote that does not end would take the rest of the file with it. */
const LONGEST_ROW = 4 * 1024 * 1024;
const HINT = 'The report is damaged, or was changed by a spreadsheet. Run the tool again.';

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
  const options = { columns: true, info: true, relax_column_count: true, skip_empty_lines: true };
  const parser = parse({ ...options, delimiter, max_record_size: LONGEST_ROW });
  // What goes wrong in the source or the parser is thrown where the rows are read.
  pipeline(Readable.from(linesOf(report)), parser, () => undefined);
  try {
    for await (const { record, info } of parser) {
      const { lines, error } = info as { lines: number; error?: Error };
      if (error === undefined) for (const item of conform(record, schema, make, lines)) yield item;
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

async function* linesOf(report: Report): AsyncGenerator<string> {
  for await (const { text } of report.lines()) yield `${text}\n`;
}
