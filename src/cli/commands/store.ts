import { Option } from 'commander';
import { command, type Define } from '../command.ts';
import { type BucketFlags, bucketOptions } from '../store/flags.ts';

/** `exhibit store ...` */
export const store: Define = (program, invoke) => {
  const group = program
    .command('store')
    .summary('evidence in a bucket of S3')
    .description('Evidence in a bucket of S3. Credentials come as the AWS SDK finds them.');

  bucketOptions(
    command(group, 'check', 'try on a bucket whether its locks are real', [
      'exhibit store check s3://acme-evidence',
      'exhibit store check s3://acme-evidence/prod -o json',
    ]),
  )
    .argument('<url>', 's3://BUCKET or s3://BUCKET/PREFIX')
    .addOption(
      new Option('-o, --output <format>', 'table or json').choices(['table', 'json']).default('table'),
    )
    .action((url: string, flags: BucketFlags & { output: 'table' | 'json' }) =>
      invoke(async (context) => (await import('../store/check.ts')).check(url, flags, context)),
    );
};
