import type { PopulationFacts } from './facts.ts';

/** The part of a JSON answer that says what was asked and how whole it is. */
export function populationDocument({
  population,
  end,
  expected,
  open,
  reconciliations,
  reconciled,
}: PopulationFacts) {
  const { scope, target, unit, query, coverage, ledger, items, digest, rows } = population;
  return {
    scope,
    ...target,
    unit,
    query,
    coverage,
    ledger,
    population: {
      count: items.length,
      digest,
      decisions: rows.length,
      result_digest: population.result_digest,
      verdicts: population.verdicts,
      look_alikes: population.look_alikes,
    },
    completeness: { ...expected, open },
    reconciliations,
    reconciled,
    period_end: end,
  };
}
