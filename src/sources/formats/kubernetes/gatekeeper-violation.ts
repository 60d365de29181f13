import type { Layer } from '../../../record/index.ts';
import type { Outcome } from '../../types.ts';
import { subjectOf } from './objects.ts';

/** A violation of a Gatekeeper constraint, whichever way Gatekeeper told it. */
export interface Violation {
  /** Kind of the constraint: the name under which the control map knows the template. */
  kind: string;
  name: string;
  resource: { kind: string; namespace?: string | null | undefined; name: string };
  message: string | undefined;
  /** `deny`, `warn`, `dryrun`, `scoped`. */
  action: string | undefined;
  /** Whether a request was judged, and may have been refused, or an object that is there already. */
  process: 'admission' | 'audit';
  time: string | undefined;
  source_id: string | undefined;
  actor?: string | undefined;
  details?: Record<string, unknown> | undefined;
}

/** A Gatekeeper violation as an outcome. An audit only looks; at admission the enforcement action is what was done. */
export function violated(violation: Violation): Outcome {
  const { kind, name, resource, message, action, process, time, source_id, actor, details } = violation;
  return {
    type: 'outcome',
    check: kind,
    rule: name,
    layer: LAYER[process],
    subject: subjectOf(resource) ?? { type: resource.kind || 'object', id: resource.name || 'unnamed' },
    verdict: 'fail',
    message,
    observed_at: time,
    source_id,
    disposition: process === 'audit' ? 'observed' : dispositionOf(action),
    actor: actor === '' ? undefined : actor,
    details: {
      constraint: name,
      ...(action === undefined ? {} : { enforcement_action: action }),
      process,
      ...details,
    },
  };
}

const LAYER: Readonly<Record<Violation['process'], Layer>> = { admission: 'admission', audit: 'runtime' };

/** Undefined for an action that is not known: nobody knows what was done. */
function dispositionOf(action: string | undefined): Outcome['disposition'] {
  if (action === 'deny') return 'enforced';
  if (action === 'warn') return 'warned';
  return action === 'dryrun' ? 'observed' : undefined;
}
