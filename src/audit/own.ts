import { LAKE_EMITTER } from '../lake/index.ts';
import { OWN_EMITTER } from '../ledger/index.ts';
import { STAMP_EMITTER } from '../verify/index.ts';
import { AUDIT_EMITTER } from './scope/draft.ts';

/** Versions of policies, gaps and findings; what was found when a restore was tried. */
const OTHERS = ['exhibit', 'exhibit-drill'] as const;

const OWN: ReadonlySet<string> = new Set([
  OWN_EMITTER,
  STAMP_EMITTER,
  AUDIT_EMITTER,
  LAKE_EMITTER,
  ...OTHERS,
]);

/** Whether Exhibit itself writes under this name, about the log, the lake and audits: nobody registers it, and no day is expected of it. */
export function isOwn(emitter: string): boolean {
  return OWN.has(emitter);
}
