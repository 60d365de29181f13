import type { LedgerReader, LogReader } from '../../ledger/index.ts';
import { isExhibitError } from '../../record/index.ts';
import { recordedDay } from '../history.ts';
import { query } from './run.ts';
import type { CoverageGap, QueryAnswer } from './types.ts';

/** A log, or a stretch of one, with fewer records is read sooner than the lake answers. */
export const FEW_RECORDS = 200_000;
/** Of a longer list nobody knows what is missing. */
const MOST_ROWS = 2_000_000;
const TIMEOUT = 600_000;
/** Beside whatever asks, on machines that have little: more goes to disk. */
const MEMORY = '256MB';
/** What says nothing of rows: an open day is read from the log, and no control map is asked for. */
const BESIDE: ReadonlySet<CoverageGap['kind']> = new Set(['day_not_closed', 'control_map', 'no_expectation']);

/**
 * Where in a long log something stands, by the lake: for what would else read the log whole. Its files are compared byte for byte with their
 * manifests, and open days come from the log.
 * @param sql over `fact`
 * @param stretch leaves [from, to), of whose days files are read; all of the log unless given. The text says itself which rows it wants
 * @returns undefined where the lake does not have all of it, or does not answer: then the log is to be read
 */
export async function rowsWhereWhole(
  reader: LogReader,
  sql: string,
  stretch?: { from: number; to: number },
): Promise<QueryAnswer['rows'] | undefined> {
  if (!isLocal(reader)) return undefined;
  try {
    const period =
      stretch === undefined
        ? {}
        : { from: await recordedDay(reader, stretch.from), to: await recordedDay(reader, stretch.to - 1) };
    const { coverage, rows, truncated } = await query(
      reader,
      { sql, ...period },
      { check: 'digest', timeout: TIMEOUT, rowLimit: MOST_ROWS, memoryLimit: MEMORY },
    );
    const { gaps, expected, found, rows_expected, rows_found, from_log } = coverage;
    // An open day has no file; its rows are those of the log.
    const files = expected - found === from_log.days.length && rows_expected === rows_found;
    const whole = files && truncated === undefined;
    return whole && gaps.every(({ kind }) => BESIDE.has(kind)) ? rows : undefined;
  } catch (error) {
    if (isExhibitError(error) && /^(?:LAKE|QUERY)_/.test(error.code)) return undefined;
    throw error;
  }
}

/** The process that answers opens the log anew: it must lie in a folder. */
function isLocal(reader: LogReader): reader is LedgerReader {
  return 'place' in reader && typeof reader.place === 'string';
}
