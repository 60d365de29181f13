import type { DrawDetails, Drawn, PastDraw } from '../../audit/index.ts';
import type { ExitCode } from '../exit.ts';
import type { PopulationFacts } from '../population/facts.ts';
import type { ProofKeys } from './keys.ts';

export interface SampleFacts extends PopulationFacts {
  drawn: Drawn;
  details: DrawDetails;
  /** The record of the draw; or why there is none. */
  recorded: { record_id: string; log_index: number } | { not_recorded: string };
  earlier: readonly PastDraw[];
  /** Why there may be more draws than those that are shown. */
  draws_unknown: string | undefined;
  /** Log size that each item was proven in, by place, and whose key. */
  proven: { sizes: number[]; keys: ProofKeys['from'] };
  exit_code: ExitCode;
}
