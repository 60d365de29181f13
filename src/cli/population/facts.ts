import {
  type Acts,
  type Ask,
  askPopulation,
  type ComparedWith,
  type Completeness,
  completeness,
  isReconciled,
  newestCompared,
  openQuestions,
  type PastReconciliation,
  type PeriodEnd,
  type Population,
  periodEnd,
  RECONCILED,
  readActs,
  reconciliationsOf,
  SAMPLE_DRAWN,
  type Source,
} from '../../audit/index.ts';
import { dayOf } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { progress } from '../terminal/progress.ts';
import { type Asked, laterDay } from './scope.ts';

/** A population with what is known about its being whole. */
export interface PopulationFacts {
  population: Population;
  end: PeriodEnd;
  expected: Completeness;
  /** Why it is not known to be whole. */
  open: string[];
  acts: Acts;
  reconciliations: PastReconciliation[];
  reconciled: boolean;
  /** The newest comparison with each source. */
  compared: ComparedWith[];
}

/** @throws ExhibitError LAKE_FAILED, LEDGER_..., QUERY_..., USAGE */
export async function populationFacts(
  source: Source & { ask: Ask },
  asked: Asked,
  most: number | undefined,
  context: Context,
): Promise<PopulationFacts> {
  const { scope, target } = asked;
  const { reader, ask } = source;
  const end = await periodEnd(reader, scope);
  const population = await askPopulation(ask, asked, most === undefined ? {} : { most });
  const bar = progress('records read', context.stderr, context.clock);
  const expected = await completeness(reader, scope, context.clock(), bar.update);
  bar.end();
  const acts = await readActs(
    source,
    { to: laterDay(dayOf(context.clock()), scope.to) },
    { kinds: [SAMPLE_DRAWN, RECONCILED] },
  );
  const reconciliations = reconciliationsOf(acts, scope, target);
  const open = openQuestions(population.coverage, expected);
  const reconciled = isReconciled(reconciliations);
  const compared = newestCompared(reconciliations);
  return { population, end, expected, open, acts, reconciliations, reconciled, compared };
}
