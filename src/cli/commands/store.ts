import { Argument, Option } from 'commander';
import { command, type Define } from '../command.ts';
import type { CopyFlags } from '../store/copy.ts';
import { type BucketFlags, bucketOptions, days, retention } from '../store/flags.ts';
import type { HoldFlags, RetainFlags } from '../store/keep.ts';

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
    .option(
      '--retention <framework=days>',
      'days for the evidence of one framework; what all of them need is locked for the longest; repeatable',
      retention,
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

  bucketOptions(
    command(group, 'retain', 'lengthen the locks of what is in a bucket; none is shortened', [
      'exhibit store retain s3://acme-evidence/prod --framework soc2 --days 2555',
      'exhibit store retain s3://acme-evidence/prod --days 2555',
    ]),
  )
    .argument('<url>', 's3://BUCKET or s3://BUCKET/PREFIX')
    .requiredOption(
      '--days <days>',
      'days from when the day of a file was closed; for all else, from when it was written',
      days,
    )
    .option('--framework <name>', 'only its evidence files (default: everything that is written once)')
    .option('--control <name>', 'only those of one control')
    .option('--from <day>', 'only days from this one, YYYY-MM-DD')
    .option('--to <day>', 'only days up to this one')
    .addOption(
      new Option('--lock-mode <mode>', 'of an object that has no lock; one that has keeps its own')
        .choices(['governance', 'compliance'])
        .default('governance'),
    )
    .option('--acknowledge-irreversible', 'needed for compliance')
    .action((url: string, flags: RetainFlags) =>
      invoke(async (context) => (await import('../store/keep.ts')).retain(url, flags, context)),
    );

  bucketOptions(
    command(group, 'hold', 'set or take off the legal hold of evidence in a bucket', [
      'exhibit store hold s3://acme-evidence/prod on --framework soc2 --reason "Case 2026/17" --evidence evidence',
      'exhibit store hold s3://acme-evidence/prod off --framework soc2 --control cc6.1 --reason "Case closed" --evidence evidence',
    ]),
  )
    .argument('<url>', 's3://BUCKET or s3://BUCKET/PREFIX')
    .addArgument(new Argument('<what>', 'on or off').choices(['on', 'off']))
    .requiredOption('--framework <name>', 'whose evidence files')
    .option('--control <name>', 'only those of one control')
    .option('--from <day>', 'only days from this one, YYYY-MM-DD')
    .option('--to <day>', 'only days up to this one')
    .requiredOption('--reason <text>', 'why; it is recorded')
    .option(
      '--evidence <folder>',
      'folder that writes the log of this bucket: who, what and why go into it first',
    )
    .option('--as <person>', 'who does it; a reference is recorded, not the name (default: your user name)')
    .action((url: string, what: string, flags: HoldFlags) =>
      invoke(async (context) => (await import('../store/keep.ts')).hold(url, what === 'on', flags, context)),
    );
};
