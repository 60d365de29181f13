import type { Command } from 'commander';
import type { LAYERS, SEVERITIES } from '../../record/index.ts';
import { collect } from '../command.ts';
import type { CommonFlags } from '../ingest/common.ts';

/** Flags of the commands that record reports of other tools. */
export interface ReportFlags {
  layer?: (typeof LAYERS)[number];
  environment?: string;
  failOn?: 'any' | 'none' | (typeof SEVERITIES)[number];
  run?: string;
  keepReport: boolean;
  /** False with --no-bundle. */
  bundle?: string | boolean;
  bundleKey: string[];
  evidence?: string;
  emitter?: string;
  quiet?: boolean;
}

/** With which bundle a report is recorded, where, and in whose name. */
export function recordingOptions(command: Command): Command {
  return command
    .option('--no-keep-report', 'keep no copy of the report without its secrets')
    .option(
      '--bundle <file>',
      'signed bundle with control map and overrides (default: .exhibit/bundle.tar.gz)',
    )
    .option('--no-bundle', 'record without control map and overrides: nothing counts for a control')
    .option(
      '--bundle-key <file>',
      'public key of which one must have signed the bundle; repeatable',
      collect,
      [],
    )
    .option('--evidence <place>', 'evidence folder, or URL of a server (token in EXHIBIT_TOKEN)')
    .option('--emitter <name>', 'name under which the records are sent (default: TOOL@HOST)');
}

/** The settings that the flags give. */
export function settingsOf({ bundle, bundleKey, evidence, emitter }: ReportFlags) {
  return {
    ...(typeof bundle === 'string' ? { bundle } : {}),
    ...(bundleKey.length === 0 ? {} : { bundle_keys: bundleKey }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(emitter === undefined ? {} : { emitter }),
  };
}

export function commonOf({ layer, environment, failOn, run, ...flags }: ReportFlags): CommonFlags {
  return {
    ...(layer === undefined ? {} : { layer }),
    ...(environment === undefined ? {} : { environment }),
    ...(failOn === undefined ? {} : { failOn }),
    ...(run === undefined ? {} : { run }),
    keepReport: flags.keepReport,
    useBundle: flags.bundle !== false,
    quiet: flags.quiet === true,
  };
}
