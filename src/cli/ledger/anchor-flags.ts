import type { Command } from 'commander';
import { durationSeconds } from '../../policy/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { collect } from '../command.ts';

/** What a ledger is held against beside its own signatures. */
export interface AnchorFlags {
  /** Files of roots, PEM. */
  tsaRoot?: string[];
  /** Object identifiers. */
  tsaPolicy?: string[];
  /** Folders or buckets in which checkpoints are kept. */
  against?: string[];
  /** A length of time. */
  maxAge?: string;
}

export function anchorOptions(command: Command): Command {
  return command
    .option(
      '--tsa-root <file>',
      'roots (PEM) of time-stamping authorities that you believe: every time stamp of the log is checked; repeatable',
      collect,
      [],
    )
    .option(
      '--tsa-policy <oid>',
      'policy of an authority that is allowed (default: any); repeatable',
      collect,
      [],
    )
    .option(
      '--against <place>',
      'folder or s3://BUCKET/PREFIX in which checkpoints were kept: the log must contain each; repeatable',
      collect,
      [],
    )
    .option(
      '--max-age <time>',
      'the newest time stamp or kept checkpoint must not be older, such as 26h or P2D; else exit 1',
    );
}

const SHORT = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** Seconds of `26h`, `2d` or an ISO 8601 duration. @throws ExhibitError USAGE */
export function ageSeconds(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,8})([smhd])$/.exec(text) ?? [];
  const seconds =
    count === undefined ? durationSeconds(text) : Number(count) * SHORT[unit as keyof typeof SHORT];
  if (seconds === undefined || seconds <= 0)
    throw new ExhibitError('USAGE', `--max-age ${JSON.stringify(text)} is no length of time`, {
      hint: 'Example: --max-age 26h, or --max-age P2D.',
    });
  return seconds;
}
