import type { DrawDetails, Drawn, PastDraw } from '../../audit/index.ts';
import type { ExitCode } from '../exit.ts';
import type { PopulationFacts } from '../population/facts.ts';

export interface SampleFacts extends PopulationFacts {
  drawn: Drawn;
  details: DrawDetails;
  recorded: { record_id: string; log_index: number };
  earlier: readonly PastDraw[];
  /** Why there may be more draws than those that are shown. */
  draws_unknown: string | undefined;
  /** Log size that each item was proven in, by place, and whose key. */
  proven: { sizes: number[]; keys: 'given' | 'the folder' };
  exit_code: ExitCode;
}
