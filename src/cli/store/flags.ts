import { type Command, InvalidArgumentError } from 'commander';
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
