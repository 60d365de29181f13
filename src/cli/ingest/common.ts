import type { Bundle } from '../../policy/index.ts';
import type { Layer } from '../../record/index.ts';
import type { Config } from '../config/config.ts';
import type { FailOn } from '../report/report.ts';
import type { HowToIngest } from './one.ts';

/** What is asked of a report, whether it is there already or a tool is about to write it. */
export interface CommonFlags {
  layer?: Layer;
  environment?: string;
  failOn?: FailOn;
  run?: string;
  /** False with --no-keep-report. */
  keepReport: boolean;
  /** False with --no-bundle. */
  useBundle: boolean;
  quiet: boolean;
}

/** The same as what one report is recorded with. */
export function howOf(
  { layer, environment, failOn, run, keepReport, quiet }: CommonFlags,
  { emitter }: Config,
  bundle: Bundle | undefined,
): Omit<HowToIngest, 'format'> {
  return {
    ...(bundle === undefined ? {} : { bundle }),
    ...(layer === undefined ? {} : { layer }),
    ...(emitter === undefined ? {} : { emitter: emitter.value }),
    ...(environment === undefined ? {} : { environment }),
    ...(failOn === undefined ? {} : { failOn }),
    ...(run === undefined ? {} : { run }),
    keep: keepReport,
    quiet,
  };
}
