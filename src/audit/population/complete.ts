import type { Coverage } from '../../lake/index.ts';
import { dayStart } from '../../lake/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import { DAY_MILLISECONDS } from '../../record/index.ts';
import { findGaps, type Gap } from '../gaps/find.ts';
import type { Scope } from '../scope/scope.ts';

/** Expected against seen, in the period. */
export interface Completeness {
  /** Emitters that were registered at the end of the period; with none nothing can be missing, and that is no good news. */
  emitters_expected: number;
  /** Runs and heartbeats that did not come, numbers that are missing, decisions of runs that did not arrive, policies that were not judged. */
  gaps: Gap[];
  /** Emitters that sent and that nobody registered: nobody would miss them. */
  unregistered: string[];
}

/** @param now Unix milliseconds: of a period that is not over, what was due until now */
export async function completeness(
  reader: LogReader,
  { from, to }: Pick<Scope, 'from' | 'to'>,
  now: number,
  progress: (done: number, total: number) => void = () => {},
): Promise<Completeness> {
  const start = Date.parse(dayStart(from));
  const end = Math.min(Date.parse(dayStart(to)) + DAY_MILLISECONDS - 1, Math.max(now, start + 1));
  const found = await findGaps(reader, { from: start, now: end, asOf: true, progress });
  return {
    emitters_expected: found.emitters.length,
    gaps: found.gaps,
    unregistered: found.unregistered.map(({ name }) => name),
  };
}

/** Why a population is not known to be whole, in words; nothing where all that was expected is there. */
export function openQuestions(
  { complete, gaps: missing }: Coverage,
  { emitters_expected, gaps }: Completeness,
): string[] {
  const kinds = Map.groupBy(gaps, ({ kind }) => kind);
  return [
    ...(complete ? [] : missing.map(({ message }) => message)),
    ...(emitters_expected === 0 ? ['no emitter was expected, so none could be missed'] : []),
    ...[...kinds].map(([kind, all]) => `${kind}: ${all.length}`),
  ];
}
