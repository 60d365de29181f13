import type { Bundle } from '../../policy/index.ts';
import type { Digest, Layer, RandomBytes, Severity, Verdict } from '../../record/index.ts';
import type { Problem, RunFacts, Source } from '../types.ts';

export interface IngestOptions {
  source: Source;
  /** The report's name as the user gave it. */
  report: string;
  /** SHA-256 of the report's bytes as they came. */
  raw_digest: Digest;
  /** Blob with the report without its secrets, where it is kept. */
  kept?: Digest;
  /** Control map and overrides; without it no control is linked and nothing is waived. */
  bundle?: Bundle;
  /** Instead of the layer that the format stands for. */
  layer?: Layer;
  emitter: string;
  environment?: string;
  repository?: string;
  attribution: {
    actor?: string;
    actor_verified_by?: string;
    commit?: string;
    change?: string;
    repository?: string;
  };
  /** A salted reference of a name that the report holds. */
  reference?: (name: string) => string | undefined;
  /** From which severity on a fail blocks the caller; without it what fails is observed. */
  failOn?: Severity | 'any' | 'none';
  /** Of the run, in Unix milliseconds. */
  now: number;
  /** When the report was written, for results without a time of their own; now where it is not given. */
  written?: number;
  random: RandomBytes;
  /** What the tool did besides writing the report, for the run's record: arguments, exit code. */
  invocation?: Record<string, unknown>;
  /** What is known to have gone wrong outside of the report, such as a crash of the tool. */
  problems?: readonly Problem[];
  /**
   * What makes this run itself, such as the URL of a pipeline run: the same report and run make the same records, so that a resend adds
   * nothing. Without it the report's own time does so, and where it has none, every reading is a run of its own.
   */
  run?: string;
}

/** What became of a report. */
export interface Ingested {
  run_id: string;
  counts: Record<Verdict | 'waived', number>;
  /** Fails that block. */
  enforced: number;
  suppressed: number;
  problems: Problem[];
  facts: RunFacts;
  /** Policy ids that no control map links, with how many decisions. */
  unmapped: Map<string, number>;
  decisions: number;
  /** True when everything in the report was understood and something was judged. */
  complete: boolean;
}
