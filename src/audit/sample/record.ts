import { z } from 'zod';
import type { Act, Acts } from '../acts/read.ts';
import { type Population, type Target, targetName } from '../population/ask.ts';
import { UNITS } from '../population/items.ts';
import { type ComparedWith, comparedSchema, notReconciled } from '../reconcile/past.ts';
import type { AuditAct } from '../scope/draft.ts';
import type { PeriodEnd, Scope } from '../scope/scope.ts';
import { type DrawMethod, type Drawn, STRATA } from './draw.ts';
import { textDigest } from './prove.ts';
import { sizeTableSchema } from './size.ts';

export const SAMPLE_DRAWN = 'sample drawn';

const count = z.int().min(0);
const ppm = z.int();

/** What the record of a draw says: all that is needed to draw it again. */
export const drawDetails = z.object({
  kind: z.literal(SAMPLE_DRAWN),
  framework: z.string(),
  control: z.string().exactOptional(),
  policy: z.string().exactOptional(),
  from: z.string(),
  to: z.string(),
  unit: z.enum(UNITS),
  question: z.string(),
  question_digest: z.string(),
  result_digest: z.string(),
  population: count,
  population_digest: z.string(),
  /** Whether all that was expected was seen, and the population was compared with another source. */
  complete: z.boolean(),
  reconciled: z.boolean(),
  /** The newest comparison with each source; records from before it was kept do not say. */
  compared: z.array(comparedSchema).exactOptional(),
  period_end: z.object({ origin: z.string(), size: count, root: z.string() }),
  interim: z.boolean(),
  nonce: z.string(),
  nonce_by: z.enum(['given', 'this machine']),
  seed: z.string(),
  method: z.object({
    census: count,
    size: z.union([
      z.object({ by: z.literal('number'), size: count }),
      z.object({ by: z.literal('zero deviations'), confidence_ppm: ppm, tolerable_ppm: ppm }),
      z.object({ by: z.literal('table'), table: sizeTableSchema }),
    ]),
    strata: z.enum(STRATA).exactOptional(),
  }),
  size: count,
  items_digest: z.string(),
  /** This is the n-th draw for this control or policy in a period that has a day in common, and the n-th of the very same population. */
  draw: z.int().min(1),
  same_population: z.int().min(1),
});
export type DrawDetails = z.infer<typeof drawDetails>;

/** A draw that stands in the log. */
export interface PastDraw extends DrawDetails {
  record_id: string;
  log_index: number;
  recorded_at: string;
  engagement: string | undefined;
}

export function targetOf({ control, policy }: Pick<DrawDetails, 'control' | 'policy'>): Target {
  return control === undefined ? { policy: policy ?? '' } : { control };
}

/**
 * Draws of a control or policy (of the whole framework without one) in periods that have a day in common, also those that were thrown away.
 * Another period by a day would else be a way to draw until it pleases.
 */
export function drawsOf({ acts }: Acts, { framework, from, to }: Scope, target?: Target): PastDraw[] {
  const wanted = target === undefined ? undefined : targetName({ framework }, target);
  return acts
    .filter(({ kind }) => kind === SAMPLE_DRAWN)
    .flatMap((act) => pastDraw(act) ?? [])
    .filter((draw) => draw.from <= to && from <= draw.to)
    .filter((draw) =>
      wanted === undefined ? draw.framework === framework : targetName(draw, targetOf(draw)) === wanted,
    );
}

export function pastDraw({ details, ...act }: Act): PastDraw | undefined {
  const read = drawDetails.safeParse(details);
  if (!read.success) return undefined;
  const { record_id, log_index, recorded_at, engagement } = act;
  return { ...read.data, record_id, log_index, recorded_at, engagement };
}

export interface DrawFacts {
  population: Population;
  end: PeriodEnd;
  drawn: Drawn;
  method: DrawMethod;
  nonce_by: DrawDetails['nonce_by'];
  complete: boolean;
  reconciled: boolean;
  compared: readonly ComparedWith[];
  earlier: readonly PastDraw[];
  engagement?: string;
}

/** The act that a draw is: recorded before anybody sees what was drawn. */
export function drawAct(facts: DrawFacts): AuditAct & { details: DrawDetails } {
  const { population, end, drawn, method, earlier, engagement } = facts;
  const { scope, target, query, items, digest } = population;
  const draw = earlier.length + 1;
  return {
    type: 'query',
    kind: SAMPLE_DRAWN,
    ...(engagement === undefined ? {} : { engagement }),
    message: `sample drawn: ${drawn.items.length} of ${items.length} for ${targetName(scope, target)}, ${scope.from} to ${scope.to}: draw ${draw}`,
    details: {
      kind: SAMPLE_DRAWN,
      ...scope,
      ...target,
      unit: population.unit,
      question: query.name,
      question_digest: textDigest(query.text),
      result_digest: population.result_digest,
      population: items.length,
      population_digest: digest,
      complete: facts.complete,
      reconciled: facts.reconciled,
      ...(facts.compared.length === 0 ? {} : { compared: [...facts.compared] }),
      period_end: { origin: end.origin, size: end.size, root: end.root },
      interim: !end.over,
      nonce: drawn.nonce,
      nonce_by: facts.nonce_by,
      seed: drawn.seed,
      method,
      size: drawn.items.length,
      items_digest: drawn.items_digest,
      draw,
      same_population: earlier.filter(({ population_digest }) => population_digest === digest).length + 1,
    },
  };
}

/** What stands beside each draw: what its record says that it is not. None: it is of a whole population that was reconciled. */
export function drawMarks({
  interim,
  complete,
  reconciled,
  compared,
}: Pick<DrawDetails, 'interim' | 'complete' | 'reconciled' | 'compared'>): string[] {
  return [
    ...(interim ? ['INTERIM'] : []),
    ...(complete ? [] : ['NOT KNOWN TO BE WHOLE']),
    ...(reconciled ? [] : [notReconciled(compared)]),
  ];
}
