import { type ExhibitError, isExhibitError } from '../../record/index.ts';
import { detectSource, sourceOf } from '../../sources/index.ts';
import type { Given } from '../ingest/one.ts';

/** What a report holds, before it is recorded: an exit code that means two things is understood by it. */
export interface Peeked {
  fails: number;
  problems: number;
  /** Where no format takes it. */
  error?: ExhibitError;
}

/** @throws ExhibitError NOT_FOUND for an unknown format */
export async function peek({ report, sample }: Given, format: string): Promise<Peeked> {
  const seen: Peeked = { fails: 0, problems: 0 };
  try {
    const source = format === 'auto' ? detectSource(sample).source : sourceOf(format);
    for await (const item of source.read(report)) {
      if (item.type === 'problem') seen.problems += 1;
      else if (item.type === 'outcome' && item.verdict === 'fail') seen.fails += 1;
    }
  } catch (error) {
    if (!isExhibitError(error) || error.code === 'NOT_FOUND') throw error;
    return { ...seen, error };
  }
  return seen;
}
