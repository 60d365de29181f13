import type { Coverage, CoverageGap } from '../../lake/index.ts';
import { type Digest, ExhibitError, type Verdict } from '../../record/index.ts';
import { populationDigest } from '../sample/seed.ts';
import type { Scope } from '../scope/scope.ts';
import type { Ask } from '../scope/source.ts';
import { type Item, itemsOf, lookAlikes, type PopulationRow, rowsOf, type Unit } from './items.ts';

/** What is asked about: a control of the scope's framework, or a policy. */
export type Target = { control: string } | { policy: string };

export interface Population {
  scope: Scope;
  target: Target;
  unit: Unit;
  query: { name: string; text: string; parameters: Record<string, string> };
  coverage: Coverage;
  ledger: { origin: string; size: number; root: string };
  /** Of the question's rows, which are decisions; of the unit record as many as items. */
  rows: PopulationRow[];
  result_digest: Digest;
  items: Item[];
  /** Of the items' ids in the order of their bytes: the same however the rows came. */
  digest: Digest;
  /** Of the decisions. */
  verdicts: Partial<Record<Verdict, number>>;
  look_alikes: string[][];
}

export interface PopulationOptions {
  /** Most decisions; 2,000,000 unless given, which take some gigabytes of memory. More are refused: a population that is cut is none. */
  most?: number;
  /** Milliseconds. */
  timeout?: number;
}

/** Characters of a row, of those that are long. */
const LONG = 512;

/** Rows that ought to be there are not: what is left is no population. */
const BROKEN: ReadonlySet<CoverageGap['kind']> = new Set([
  'tail_not_read',
  'manifest',
  'not_in_manifest',
  'catalogue',
  'file_missing',
  'file_differs',
  'rows_differ',
  'truncated',
]);

/**
 * The population of a control or a policy in a period.
 * @throws ExhibitError LAKE_FAILED where rows that the log tells of cannot be read; QUERY_..., USAGE
 */
export async function askPopulation(
  ask: Ask,
  { scope, target, unit }: Pick<Population, 'scope' | 'target' | 'unit'>,
  { most = 2_000_000, timeout = 600_000 }: PopulationOptions = {},
): Promise<Population> {
  const { framework, from, to } = scope;
  const asked =
    'control' in target
      ? { name: 'population-of-control', framework, control: target.control, from, to }
      : { name: 'population-of-policy', parameters: { policy_id: target.policy }, from, to };
  const answer = await ask(asked, { rowLimit: most, sizeLimit: most * LONG, timeout });
  const broken = answer.coverage.gaps.find(({ kind }) => BROKEN.has(kind));
  if (broken !== undefined)
    throw new ExhibitError('LAKE_FAILED', `this is not the whole population: ${broken.message}`, {
      hint:
        broken.kind === 'truncated'
          ? 'Ask for a shorter period, or for more rows with --most.'
          : 'exhibit lake verify says what differs, exhibit lake rebuild makes the lake anew from the log.',
      details: { kind: broken.kind },
    });
  const rows = rowsOf(answer);
  const items = itemsOf(rows, unit);
  return {
    scope,
    target,
    unit,
    query: answer.query,
    coverage: answer.coverage,
    ledger: answer.ledger,
    rows,
    result_digest: answer.result_digest,
    items,
    digest: populationDigest(items.map(({ id }) => id)),
    verdicts: countsOf(rows),
    look_alikes: unit === 'subject' ? lookAlikes(items) : [],
  };
}

function countsOf(rows: readonly PopulationRow[]): Partial<Record<Verdict, number>> {
  const counts: Partial<Record<Verdict, number>> = {};
  for (const { verdict } of rows) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

/** In words and in records: `soc2/cc6.1`, or `policy k8s-no-privileged`. */
export function targetName({ framework }: Pick<Scope, 'framework'>, target: Target): string {
  return 'control' in target ? `${framework}/${target.control}` : `policy ${target.policy}`;
}
