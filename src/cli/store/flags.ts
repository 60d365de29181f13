import { type Command, InvalidArgumentError } from 'commander';
import { plural } from '../../record/index.ts';
import type { S3StoreSettings } from '../../store/index.ts';

/** Flags of the commands that work on a bucket. */
export interface BucketFlags {
  region?: string;
  endpoint?: string;
  pathStyle?: boolean;
}

export function bucketOptions(command: Command): Command {
  return command
    .option('--region <name>', 'region of the bucket (default: AWS_REGION, or that of the profile)')
    .option('--endpoint <url>', "of another S3 than Amazon's (default: AWS_ENDPOINT_URL_S3)")
    .option('--path-style', 'the bucket is in the path, not in the host');
}

/** The settings that the flags give. */
export function bucketOf(url: string, { region, endpoint, pathStyle }: BucketFlags): S3StoreSettings {
  return {
    url,
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    path_style: pathStyle === true,
  };
}

/** A number of days, as a flag gives it. @throws InvalidArgumentError */
export function days(value: string): number {
  if (!/^[1-9][0-9]{0,4}$/.test(value)) throw new InvalidArgumentError('expected a number of days from 1');
  return Number(value);
}

/** Days by framework, as a flag gives them one by one: `soc2=2555`. @throws InvalidArgumentError */
export function retention(value: string, before: Record<string, number> = {}): Record<string, number> {
  const [, framework, number] = /^([a-z0-9][a-z0-9._-]{0,63})=([0-9]+)$/.exec(value) ?? [];
  if (framework === undefined || number === undefined)
    throw new InvalidArgumentError('expected FRAMEWORK=DAYS, such as soc2=2555');
  return { ...before, [framework]: days(number) };
}

/** The lock that the flags give; undefined where they give none, and the bucket decides. */
export function lockDays(
  common: number | undefined,
  byFramework: Record<string, number> | undefined,
): { days: number; retention?: Record<string, number> } | undefined {
  if (byFramework === undefined) return common === undefined ? undefined : { days: common };
  return { days: common ?? Math.max(...Object.values(byFramework)), retention: byFramework };
}

/** What the flags say of locks, for people. */
export function lockText(flags: {
  lockDays?: number;
  retention?: Record<string, number>;
  lockMode?: 'governance' | 'compliance';
  legalHold?: boolean;
}): string {
  const { lockMode = 'governance', legalHold = false } = flags;
  const locked = lockDays(flags.lockDays, flags.retention);
  if (locked === undefined) return 'as the default of the bucket says';
  const own = Object.entries(locked.retention ?? {}).map(([name, days]) => `, ${name} ${days}`);
  return `${lockMode.toUpperCase()}, ${plural(locked.days, 'day')}${own.join('')} from when it was written${legalHold ? ', legal hold' : ''}`;
}
