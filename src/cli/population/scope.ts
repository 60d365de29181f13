import { resolve } from 'node:path';
import { parseScope, type Scope, type Target, type Unit } from '../../audit/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { isS3Url } from '../../store/index.ts';
import { resolveConfig } from '../config/config.ts';
import type { Context } from '../context.ts';
import { isServer } from '../evidence/remote.ts';

/** What population, sample and reconcile are told about what they are to look at. */
export interface ScopeFlags {
  evidence?: string;
  framework?: string;
  from?: string;
  to?: string;
  control?: string;
  policy?: string;
  unit: Unit;
  most?: number;
}

export interface Asked {
  scope: Scope;
  target: Target;
  unit: Unit;
}

/** The one place where flags become a scope. @throws ExhibitError USAGE */
export function askedOf({ control, policy, unit, ...flags }: ScopeFlags): Asked {
  const slash = control?.indexOf('/') ?? -1;
  const ofControl = slash > 0 ? control?.slice(0, slash) : undefined;
  if (ofControl !== undefined && flags.framework !== undefined && ofControl !== flags.framework)
    throw new ExhibitError('USAGE', `--control ${control} is not of the framework ${flags.framework}`);
  const { from, to, framework = ofControl } = flags;
  if (framework === undefined || from === undefined || to === undefined)
    throw new ExhibitError('USAGE', 'which framework, and which period?', {
      hint: 'Such as --control soc2/cc6.1 --from 2026-01-01 --to 2026-03-31.',
    });
  const scope = parseScope({ framework, from, to });
  if ((control === undefined) === (policy === undefined))
    throw new ExhibitError('USAGE', 'either a control or a policy', {
      hint: 'Such as --control soc2/cc6.1, or --framework soc2 --policy k8s-no-privileged.',
    });
  const target = control === undefined ? { policy: policy ?? '' } : { control: control.slice(slash + 1) };
  return { scope, target, unit };
}

/** What was drawn of a period may be recorded long after it. */
export function laterDay(a: string, b: string): string {
  return [a, b].sort()[1] ?? b;
}

/** The folder with the evidence. @throws ExhibitError USAGE */
export function folderOf({ evidence }: Pick<ScopeFlags, 'evidence'>, context: Context): string {
  const folder = resolveConfig(evidence === undefined ? {} : { evidence }, context).evidence?.value;
  if (folder !== undefined && !isServer(folder) && !isS3Url(folder)) return resolve(context.cwd, folder);
  throw new ExhibitError('USAGE', 'name the evidence folder', {
    hint: 'Example: --evidence evidence. Where a server keeps it, run this beside the server.',
  });
}
