import { parseScope, type Scope, type Target, type Unit } from '../../audit/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { WithinFlags } from '../engagement/within.ts';
import { controlOf } from '../scope/control.ts';

/** What population, sample and reconcile are told about what they are to look at. */
export interface ScopeFlags extends WithinFlags {
  evidence?: string;
  policy?: string;
  unit: Unit;
  most?: number;
}

export interface Asked {
  scope: Scope;
  target: Target;
  unit: Unit;
}

/** What a population is about. @throws ExhibitError USAGE */
export function askedOf({ policy, unit, ...flags }: ScopeFlags): Asked {
  const { from, to } = flags;
  const { framework, control } = controlOf(flags);
  if (framework === undefined || from === undefined || to === undefined)
    throw new ExhibitError('USAGE', 'which framework, and which period?', {
      hint: 'Such as --control soc2/cc6.1 --from 2026-01-01 --to 2026-03-31.',
    });
  const scope = parseScope({ framework, from, to });
  if ((control === undefined) === (policy === undefined))
    throw new ExhibitError('USAGE', 'either a control or a policy', {
      hint: 'Such as --control soc2/cc6.1, or --framework soc2 --policy k8s-no-privileged.',
    });
  const target = control === undefined ? { policy: policy ?? '' } : { control };
  return { scope, target, unit };
}

/** What was drawn of a period may be recorded long after it. */
export function laterDay(a: string, b: string): string {
  return [a, b].sort()[1] ?? b;
}
