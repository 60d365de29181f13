import { type ExhibitError, isExhibitError } from '../../record/index.ts';
import { detectSource, type Item, sourceOf } from '../../sources/index.ts';
import type { Given } from '../ingest/one.ts';

/** What a report holds, before it is recorded: an exit code that means two things is understood by it. */
export interface Peeked {
  fails: number;
  problems: number;
  /** All that it says, where that is not much: it need not be read again. */
  items?: readonly Item[];
  /** Where no format takes it. */
  error?: ExhibitError;
}

/** Longest report of which the items are kept, in bytes. */
const MOST_KEPT = 8 * 1024 * 1024;

/**
 * @param asked whether what it holds must be known; else only its format is looked for, and the report is read once, when it is recorded
 * @throws ExhibitError NOT_FOUND for an unknown format
 */
export async function peek(
  { report, sample, bytes }: Given,
  format: string,
  asked: boolean,
): Promise<Peeked> {
  const seen: Peeked = { fails: 0, problems: 0 };
  const items: Item[] = [];
  try {
    const source = format === 'auto' ? detectSource(sample).source : sourceOf(format);
    if (!asked) return seen;
    for await (const item of source.read(report)) {
      if (item.type === 'problem') seen.problems += 1;
      else if (item.type === 'outcome' && item.verdict === 'fail') seen.fails += 1;
      if (bytes <= MOST_KEPT) items.push(item);
    }
  } catch (error) {
    if (!isExhibitError(error) || error.code === 'NOT_FOUND') throw error;
    return { ...seen, error };
  }
  return bytes <= MOST_KEPT ? { ...seen, items } : seen;
}
