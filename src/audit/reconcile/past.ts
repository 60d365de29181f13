import { z } from 'zod';
import { dayStart } from '../../lake/index.ts';
import type { Act, Acts } from '../acts/read.ts';
import type { Scope } from '../scope/scope.ts';
import { RECONCILED } from './kind.ts';

/** A comparison of a population with another source that stands in the log. */
export interface PastReconciliation {
  record_id: string;
  log_index: number;
  recorded_at: string;
  source: string;
  from: string;
  to: string;
  both: number;
  only_source: number;
  only_log: number;
  unknown: number;
}

const count = z.int().min(0);

export const reconciledDetails = z.object({
  kind: z.literal(RECONCILED),
  framework: z.string(),
  control: z.string().optional(),
  policy: z.string().optional(),
  source: z.string(),
  from: z.string(),
  to: z.string(),
  both: count,
  only_source: count,
  only_log: count,
  unknown: count,
});

/** `exhibit admission reconcile --record` writes it as a run: it is taken as it is, and not done again. */
const admissionDetails = z.object({
  from: z.string(),
  to: z.string(),
  recorded: count,
  lost: count,
  bypassed: count,
  unnamed: count,
  later: count,
});

/** Comparisons that cover the whole period of a scope, for this control or policy; those with API servers are for every policy. */
export function reconciliationsOf(
  { acts }: Acts,
  { framework, from, to }: Scope,
  target: { control: string } | { policy: string },
): PastReconciliation[] {
  return acts.flatMap((act) => {
    const read = reconciledDetails.safeParse(act.details);
    if (read.success) {
      const { kind: _, framework: ofFramework, control, policy, ...told } = read.data;
      const own = 'control' in target ? control === target.control : policy === target.policy;
      return own && ofFramework === framework && told.from <= from && told.to >= to
        ? [{ ...placeOf(act), ...told }]
        : [];
    }
    const admission = admissionDetails.safeParse(act.details);
    if (!admission.success || act.emitter !== 'admission/reconcile') return [];
    const { data } = admission;
    if (data.from > dayStart(from) || data.to < `${to}T23:59:59`) return [];
    return [
      {
        ...placeOf(act),
        source: 'api server audit log',
        from: data.from.slice(0, 10),
        to: data.to.slice(0, 10),
        both: data.recorded,
        only_source: data.lost + data.bypassed,
        only_log: data.unnamed,
        unknown: data.later,
      },
    ];
  });
}

/** What a comparison came to, without where it stands. */
export const comparedSchema = z.object({
  source: z.string(),
  both: count,
  only_source: count,
  only_log: count,
  unknown: count,
});
export type ComparedWith = z.infer<typeof comparedSchema>;

/** The newest comparison with each source: an older one says nothing any more. */
export function newestCompared(past: readonly PastReconciliation[]): ComparedWith[] {
  const newest = new Map(past.map((one) => [one.source, one]));
  return [...newest.values()].map(({ source, both, only_source, only_log, unknown }) => ({
    ...{ source, both, only_source, only_log, unknown },
  }));
}

/** The newest comparison with each source left nothing open, and there is one. */
export function isReconciled(past: readonly PastReconciliation[]): boolean {
  const newest = newestCompared(past);
  return newest.length > 0 && newest.every((one) => leftOpen(one) === undefined);
}

/**
 * Why a population is not reconciled, in words: nobody compared it, or the comparison left something open, which is another thing.
 * @param compared the newest comparison with each source; undefined where a record does not say
 */
export function notReconciled(compared: readonly ComparedWith[] = []): string {
  const open = compared.flatMap((one) => leftOpen(one) ?? []);
  return open.length === 0 ? 'NOT RECONCILED' : `COMPARED, ${open.join('; ')}`;
}

function leftOpen({ source, both, only_source, unknown }: ComparedWith): string | undefined {
  const open = [
    ...(only_source === 0 ? [] : [`${only_source} ${only_source === 1 ? 'MISMATCH' : 'MISMATCHES'}`]),
    ...(unknown === 0 ? [] : [`${unknown} UNKNOWN`]),
    ...(both === 0 ? ['NOTHING IN BOTH'] : []),
  ];
  return open.length === 0 ? undefined : `WITH ${open.join(', ')} (${source})`;
}

function placeOf({ record_id, log_index, recorded_at }: Act) {
  return { record_id, log_index, recorded_at };
}
