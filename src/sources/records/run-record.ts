import type { UnnumberedRecord } from '../../engine/index.ts';
import { type Cleaner, clip } from './clean.ts';
import type { Facts } from './facts.ts';
import type { Ingested, IngestOptions } from './options.ts';
import type { Origin } from './origin.ts';

/** The run's own record, with its counts: it comes last. */
export function runRecord(
  { counts, suppressed, problems, unmapped, decisions }: Omit<Ingested, 'complete' | 'run_id' | 'facts'>,
  facts: Facts,
  origin: Origin,
  { invocation, failOn, report, kept, source }: IngestOptions,
  clean: Cleaner,
): UnnumberedRecord {
  const { population, note } = facts.said;
  const { scanned, stated } = facts;
  return {
    ...origin.members(),
    observed_at: origin.time,
    record_id: origin.recordId('run'),
    record_type: 'run',
    run_total: decisions,
    ...(kept === undefined ? {} : { input_ref: kept }),
    ...clean.details({
      counts,
      report: clip(report, 1_024),
      // Where only failures are listed, nobody can tell from this run what passed.
      population: population ?? (source.population === 'varies' ? 'unknown' : source.population),
      ...(scanned === undefined ? {} : { scanned }),
      ...(Object.keys(stated).length === 0 ? {} : { stated }),
      suppressed,
      problems: problems.length,
      unmapped: unmapped.size,
      report_kept: kept !== undefined,
      ...(note === undefined ? {} : { note }),
      ...(failOn === undefined ? {} : { fail_on: failOn }),
      ...(invocation === undefined ? {} : { invocation }),
    }),
  };
}
