import {
  type EarlierAnswer,
  type EarlierAsked,
  EarlierPasses,
  earlierAnswerSchema,
  MOST_ASKED,
} from '../../audit/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import { isExhibitError } from '../../record/index.ts';
import type { EarlierFound, FindEarlier, WatchLog } from '../../watch/index.ts';
import type { Context } from '../context.ts';
import { askServer } from '../evidence/ask.ts';

/** A watcher judges on meanwhile, but its record of a fail waits for this. */
const PATIENCE = 10_000;

/**
 * Looks in a log for the last word of admission or CI about a policy and a subject. The log is read on from where the last look ended.
 * @param open a reader of the log, which is closed after each look
 */
export function earlierIn(open: () => Promise<LedgerReader>, log: WatchLog): FindEarlier {
  const passes = new EarlierPasses();
  let told = false;
  return async (asked) => {
    const reader = await open();
    try {
      await passes.look(reader);
      if (passes.full && !told) log('warn', 'more was judged at earlier gates than is kept here');
      told = passes.full;
      return await Promise.all(asked.map(async (one) => foundOf(await passes.find(one, reader, true))));
    } finally {
      await reader.close();
    }
  };
}

/** Asks the server that has the log. What it does not say is unknown: neither that there was a pass nor that there was none. */
export function earlierAt(url: string, log: WatchLog, context: Pick<Context, 'env'>): FindEarlier {
  return async (asked) => {
    const found: EarlierFound[] = [];
    for (let at = 0; at < asked.length; at += MOST_ASKED)
      found.push(...(await answersOf(url, asked.slice(at, at + MOST_ASKED), log, context)));
    return found;
  };
}

async function answersOf(
  url: string,
  asked: readonly EarlierAsked[],
  log: WatchLog,
  context: Pick<Context, 'env'>,
): Promise<EarlierFound[]> {
  let why: string;
  try {
    const question = { schemaVersion: 1, asked };
    const { passes } = await askServer(url, '/v1/earlier', question, earlierAnswerSchema, context, PATIENCE);
    if (passes.length === asked.length) return passes.map(foundOf);
    why = 'its answer is not one to each question';
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    why = `${error.code}: ${error.message}`;
  }
  log('warn', 'earlier gates are not known', { why, subjects: asked.length });
  return asked.map(() => ({ unknown: why }));
}

const foundOf = (answer: EarlierAnswer): EarlierFound => answer ?? undefined;
