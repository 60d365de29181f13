import type { ComparedPopulation, Population, SourceExport } from '../../audit/index.ts';
import type { ExitCode } from '../exit.ts';
import type { SourceAsked } from './sources.ts';

export interface ReconcileFacts {
  population: Population;
  from: SourceExport;
  found: ComparedPopulation;
  digests: string[];
  covers: SourceAsked['covers'];
  recorded: { record_id: string; log_index: number };
  exit_code: ExitCode;
}
