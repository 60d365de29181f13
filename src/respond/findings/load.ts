import type { LedgerReader } from '../../ledger/index.ts';
import type { Clock } from '../../record/index.ts';
import { type Evaluated, evaluateFindings } from './evaluate.ts';
import { projectFindings } from './project.ts';
import { readFacts } from './read.ts';
import type { RespondSettings } from './settings.ts';
import type { RawFinding } from './types.ts';

export interface ReadFindings extends Evaluated {
  ledger: { origin: string; size: number; root: string };
  /** Verdicts that were read: with none, nothing was watched. */
  judged: number;
  /** Unix milliseconds: of the clock, or of the log's last record where the clock is behind. */
  now: number;
}

interface ReadOptions {
  clock: Clock;
  progress(done: number, total: number): void;
  /** Of others nothing is said, also not how many there are; left out: all. */
  keep?: (finding: RawFinding) => boolean;
}

/** Findings of a log that is open. It is read whole. */
export async function readFindings(
  reader: LedgerReader,
  { config, sources }: Pick<RespondSettings, 'config' | 'sources'>,
  { clock, progress, keep }: ReadOptions,
): Promise<ReadFindings> {
  const read = await readFacts(reader, { admission: config.admission, progress });
  // A clock that is behind hides nothing that the log has.
  const told = clock();
  const now = read.facts.reduce((most, { recorded }) => Math.max(most, recorded), told);
  const projection = projectFindings(read.facts, { now, groups: read.groups });
  const kept =
    keep === undefined ? projection : { ...projection, findings: projection.findings.filter(keep) };
  const { findings, weaknesses } = evaluateFindings(kept, config, sources, now);
  const missing = keep === undefined ? `${read.missing_inputs} inputs` : 'Some inputs';
  return {
    findings,
    weaknesses: [
      ...weaknesses,
      ...(now === told
        ? []
        : ['the clock of this machine is behind the log: the time is that of its last record']),
      ...(read.missing_inputs === 0
        ? []
        : [`${missing} are not in the log: owners that stand in them are not known`]),
    ],
    ledger: read.ledger,
    judged: read.judged,
    now,
  };
}
