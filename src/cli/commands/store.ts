import { type Command, InvalidArgumentError, Option } from 'commander';
import { collect, command, type Define } from '../command.ts';
import type { CopyFlags } from '../store/copy.ts';
import type { DrillFlags } from '../store/drill.ts';
import { type BucketFlags, bucketOptions, days } from '../store/flags.ts';
import type { RestoreFlags } from '../store/restore.ts';

/** `exhibit store ...` */
export const store: Define = (program, invoke) => {
  const group = program
    .command('store')
    .summary('copies of the evidence, in a bucket of S3 or a folder')
    .description(
      'Copies of the evidence, in a bucket of S3 or another folder. Credentials come as the AWS SDK finds them.',
    );

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
    command(
      group,
      'copy',
      'copy the log, the blobs and the lake of a folder to a bucket, locked, or to another folder',
      [
        'exhibit store copy evidence s3://acme-evidence/prod --lock-days 365',
        'exhibit store copy evidence s3://acme-evidence/prod --lock-days 2555 --lock-mode compliance --acknowledge-irreversible',
        'exhibit store copy evidence copy-of-evidence',
      ],
    ),
  )
    .argument('<folder>', 'evidence folder')
    .argument('<to>', 's3://BUCKET, s3://BUCKET/PREFIX, or a folder')
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

  known(
    command(group, 'restore', 'bring a copy back into a new folder, verified', [
      'exhibit store restore s3://acme-evidence/prod evidence --vkey log.vkey --known checkpoint',
      'exhibit store restore copy-of-evidence evidence --signer signer.key --from-size 1234',
    ]),
  )
    .argument('<from>', 's3://BUCKET, s3://BUCKET/PREFIX, or a folder')
    .argument('<folder>', 'evidence folder to be made: it must not be there')
    .option('--signer <file>', 'private key of the log: the folder can be written to')
    .option(
      '--from-size <records>',
      'needed with --signer: you say that nobody has seen a checkpoint of more records than this',
      number,
    )
    .action((from: string, folder: string, flags: RestoreFlags) =>
      invoke(async (context) => (await import('../store/restore.ts')).restore(from, folder, flags, context)),
    );

  known(
    command(group, 'drill', 'try whether a copy would do after a disaster', [
      'exhibit store drill s3://acme-evidence/prod --vkey log.vkey --known checkpoint',
      'exhibit store drill copy-of-evidence --record evidence',
    ]),
  )
    .argument('<from>', 's3://BUCKET, s3://BUCKET/PREFIX, or a folder')
    .option('--days <count>', 'closed days that are made anew from the log', days, 3)
    .option('--query <name>', 'saved query that is answered', 'unmapped-decisions')
    .option('--framework <id>', 'for the query')
    .option('--control <id>', 'for the query')
    .option(
      '--in <folder>',
      'restore below this folder (default: where temporary files go); it is removed afterwards',
    )
    .option('--record <folder>', 'write a record of the drill into this evidence folder')
    .action((from: string, flags: DrillFlags) =>
      invoke(async (context) => (await import('../store/drill.ts')).drill(from, flags, context)),
    );
};

function known(command: Command): Command {
  return bucketOptions(command)
    .option('--known <file>', 'checkpoint that somebody else holds; repeatable', collect, [])
    .option('--vkey <key>', 'public key of the log, or a file with it; repeatable', collect, [])
    .addOption(
      new Option('-o, --output <format>', 'table or json').choices(['table', 'json']).default('table'),
    );
}

function number(value: string): number {
  if (!/^(0|[1-9][0-9]{0,14})$/.test(value)) throw new InvalidArgumentError('expected a number');
  return Number(value);
}
