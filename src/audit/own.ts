import { LAKE_EMITTER } from '../lake/index.ts';
import { OWN_EMITTER } from '../ledger/index.ts';
import { STAMP_EMITTER } from '../verify/index.ts';
import { AUDIT_EMITTER } from './scope/draft.ts';

/** Versions of policies, gaps and findings: gates send some of them. */
const SENT = 'exhibit';

/** Written where the log lies, and nowhere else; the last says what was found when a restore was tried. */
const HERE: ReadonlySet<string> = new Set([
  OWN_EMITTER,
  STAMP_EMITTER,
  AUDIT_EMITTER,
  LAKE_EMITTER,
  'exhibit-drill',
]);

/** Whether Exhibit itself writes under this name, about the log, the lake and audits: nobody registers it, and no day is expected of it. */
export function isOwn(emitter: string): boolean {
  return emitter === SENT || HERE.has(emitter);
}

/** Whether no record under this name, or one that looks like it, is taken from a caller: only who writes the log writes under it. */
export function isWrittenHere(emitter: string): boolean {
  return HERE.has(emitter.normalize('NFKC').toLowerCase());
}
