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

/** The newest comparison with each source left nothing open, and there is one. */
export function isReconciled(past: readonly PastReconciliation[]): boolean {
  const newest = new Map(past.map((one) => [one.source, one]));
  return (
    newest.size > 0 &&
    [...newest.values()].every(
      ({ both, only_source, unknown }) => both > 0 && only_source === 0 && unknown === 0,
    )
  );
}

function placeOf({ record_id, log_index, recorded_at }: Act) {
  return { record_id, log_index, recorded_at };
}
