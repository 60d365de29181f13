import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { collect, command, type Define } from '../command.ts';
import type { CheckFlags } from '../store/check.ts';
import type { CopyFlags } from '../store/copy.ts';
import type { DrillFlags } from '../store/drill.ts';
import { bucketOptions, days, retention } from '../store/flags.ts';
import type { HoldFlags, RetainFlags } from '../store/keep.ts';
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
      'exhibit store check s3://acme-evidence/prod --for attach',
    ]),
  )
    .argument('<url>', 's3://BUCKET or s3://BUCKET/PREFIX')
    .addOption(
      new Option(
        '--for <purpose>',
        'what the bucket is for: copies of a log, or a log that is written into it (ledger attach)',
      )
        .choices(['copy', 'attach'] satisfies CheckFlags['for'][])
        .default('copy'),
    )
    .addOption(
      new Option('-o, --output <format>', 'table or json').choices(['table', 'json']).default('table'),
    )
    .action((url: string, flags: CheckFlags) =>
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
