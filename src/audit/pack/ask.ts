import { Known, type QueryAnswer, query } from '../../lake/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import { type Answers, ASKED } from '../report/ask.ts';
import { requestFor } from '../scope/request.ts';
import type { Scope } from '../scope/scope.ts';

/** Beside those of the reports. Their answers may be long: they are written and let go. */
const MORE = [
  'framework-verdicts',
  'framework-coverage',
  'framework-waived',
  'framework-undecided',
  'framework-controls',
  'control-links',
  'evidence-kinds',
  'policy-versions',
  'never-judged',
  'late-records',
  'silent-emitters',
] as const;

/** Every question of a pack, each asked once for all controls together. */
export const PACK_QUESTIONS = [...MORE, ...ASKED] as const;
type PackQuestion = (typeof PACK_QUESTIONS)[number];

/** What is summed and looked at again; of other answers only what they are called stays. */
const KEPT: ReadonlySet<string> = new Set<PackQuestion>([
  ...ASKED,
  'framework-verdicts',
  'framework-coverage',
  'policy-versions',
]);

/** Milliseconds that one question may take: what a year of some ten million records takes on a small and busy machine. */
const TIMEOUT = 600_000;

export interface PackAnswers {
  of(name: PackQuestion): QueryAnswer;
  report: Answers;
  incomplete: string[];
}

/**
 * Asks all questions of a pack. Each file that is read is hashed once, and compared with its manifest.
 * @param take gets each answer as it comes
 */
export async function askPack(
  reader: LedgerReader,
  scope: Scope,
  take: (answer: QueryAnswer) => Promise<void>,
  progress: (done: number, total: number) => void,
): Promise<PackAnswers> {
  const kept = new Map<string, QueryAnswer>();
  const incomplete: string[] = [];
  const known = new Known();
  for (const [done, name] of PACK_QUESTIONS.entries()) {
    progress(done, PACK_QUESTIONS.length);
    const answer = await query(reader, requestFor(name, scope), {
      check: 'digest',
      timeout: TIMEOUT,
      known,
    });
    await take(answer);
    if (!answer.coverage.complete) incomplete.push(name);
    if (KEPT.has(name)) kept.set(name, answer);
  }
  return {
    of: (name) => kept.get(name) as QueryAnswer,
    report: Object.fromEntries(ASKED.map((name) => [name, kept.get(name)])) as Answers,
    incomplete,
  };
}

/**
 * Overrides, manual evidence and time stamps up to the last day of the log, which need not be closed: what is given in an audit, and the time stamp of a
 * period, come after it. It is no answer of the pack; what it names is.
 * @returns what could not be read, in words
 */
export async function askStanding(reader: LedgerReader): Promise<{ answer: QueryAnswer; gaps: string[] }> {
  const answer = await query(reader, { name: 'standing-records' }, { timeout: TIMEOUT });
  const gaps = answer.coverage.gaps.filter(({ kind }) => kind !== 'day_not_closed');
  return { answer, gaps: gaps.map(({ message }) => message) };
}
