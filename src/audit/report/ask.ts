import { Known, type QueryAnswer, query } from '../../lake/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import type { Scope } from '../scope/scope.ts';

/** Each is asked once, for all controls of the framework together. */
export const ASKED = [
  'control-days',
  'framework-decisions',
  'control-layers',
  'control-subjects',
  'control-exceptions',
  'control-waivers',
  'sources-by-day',
  'runs-by-hour',
  'override-notices',
  'overrides-in-force',
  'gap-records',
  'incomplete-runs',
  'sequence-gaps',
  'unmapped-decisions',
  'policy-records',
  'layer-funnel',
  'control-latest',
  'override-history',
  'time-stamps',
  'manual-evidence',
  'ai-systems',
] as const;

export type Answers = Record<(typeof ASKED)[number], QueryAnswer>;

/** Milliseconds that one question may take: a year of some ten million records on a small machine. */
const TIMEOUT = 600_000;
/** A year of all controls by day has fewer rows. */
const ROWS = 1_000_000;

/** @throws ExhibitError QUERY_FAILED, LAKE_FAILED, LEDGER_... */
export async function askAll(
  reader: LedgerReader,
  { framework, from, to }: Scope,
  progress: (done: number, total: number) => void = () => {},
): Promise<Answers> {
  const answers: Partial<Answers> = {};
  const known = new Known();
  for (const [done, name] of ASKED.entries()) {
    progress(done, ASKED.length);
    answers[name] = await query(
      reader,
      { name, framework, from, to },
      { timeout: TIMEOUT, rowLimit: ROWS, known },
    );
  }
  return answers as Answers;
}
