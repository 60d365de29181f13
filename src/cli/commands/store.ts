import { Option } from 'commander';
import { command, type Define } from '../command.ts';
import type { CopyFlags } from '../store/copy.ts';
import { type BucketFlags, bucketOptions, days } from '../store/flags.ts';

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

  bucketOptions(
    command(group, 'copy', 'copy the log, the blobs and the lake of a folder to a bucket, locked', [
      'exhibit store copy evidence s3://acme-evidence/prod --lock-days 365',
      'exhibit store copy evidence s3://acme-evidence/prod --lock-days 2555 --lock-mode compliance --acknowledge-irreversible',
    ]),
  )
    .argument('<folder>', 'evidence folder')
    .argument('<url>', 's3://BUCKET or s3://BUCKET/PREFIX')
    .option(
      '--lock-days <days>',
      'days that each object is locked, from when it is written (default: what the bucket says)',
      days,
    )
    .addOption(
      new Option('--lock-mode <mode>', 'governance, or compliance: nobody can undo it')
        .choices(['governance', 'compliance'])
        .default('governance'),
    )
    .option('--acknowledge-irreversible', 'needed for compliance')
    .option('--legal-hold', 'hold each object until the hold is taken off')
    .option('--kms-key <id>', 'id or ARN of the key that encrypts what is written')
    .option('--no-verify', 'copy without verifying the folder before')
    .option('--json', 'print JSON')
    .action((folder: string, url: string, flags: CopyFlags) =>
      invoke(async (context) => (await import('../store/copy.ts')).copy(folder, url, flags, context)),
    );
};
