import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { collect, command, type Define } from '../command.ts';
import type { CatalogueFlags } from '../lake/catalogue.ts';
import type { PurgeFlags } from '../lake/purge.ts';
import { type BucketFlags, bucketOptions } from '../store/flags.ts';
import { engineOptions } from './query.ts';

/** `exhibit lake ...` */
export const lake: Define = (program, invoke) => {
  const group = program
    .command('lake')
    .summary('closed days as Parquet files')
    .description('Closed days as Parquet files, a projection of the log.');

  command(group, 'close', 'close a UTC day: write its files and record their digests', [
    'exhibit lake close evidence 2026-11-22',
    'exhibit lake close evidence --all',
  ])
    .argument('<folder>', 'evidence folder')
    .argument('[day]', 'UTC day, YYYY-MM-DD; it must be over for at least an hour')
    .option('--all', 'every day that is over and not closed')
    .action((folder: string, day: string | undefined, flags: { all?: boolean }) =>
      invoke(async (context) =>
        (await import('../lake/close.ts')).close(
          resolve(context.cwd, folder),
          day,
          flags.all === true,
          context,
        ),
      ),
    );

  command(
    group,
    'status',
    'which days are closed, open or missing, and whether their files are there',
    'exhibit lake status evidence',
  )
    .argument('<folder>', 'evidence folder')
    .option('--json', 'print JSON')
    .action((folder: string, flags: { json?: boolean }) =>
      invoke(async (context) =>
        (await import('../lake/inspect.ts')).status(
          resolve(context.cwd, folder),
          flags.json === true,
          context,
        ),
      ),
    );

  bucketOptions(
    command(group, 'verify', 'compare every file with its manifest in the log', [
      'exhibit lake verify evidence',
      'exhibit lake verify s3://acme-evidence/prod',
    ]),
  )
    .argument('<folder>', 'evidence folder, or s3://BUCKET/PREFIX')
    .option('--day <day>', 'only this day; repeatable', collect, [])
    .action((folder: string, flags: BucketFlags & { day: string[] }) =>
      invoke(async (context) => (await import('../lake/verify.ts')).verify(folder, flags, context)),
    );

  command(
    group,
    'rebuild',
    'write closed days anew from the log and compare the bytes',
    'exhibit lake rebuild evidence',
  )
    .argument('<folder>', 'evidence folder')
    .option('--day <day>', 'only this day; repeatable', collect, [])
    .action((folder: string, flags: { day: string[] }) =>
      invoke(async (context) =>
        (await import('../lake/inspect.ts')).rebuild(resolve(context.cwd, folder), flags.day, context),
      ),
    );

  const catalogue = command(
    group,
    'catalogue',
    'tables over the copy of the lake in a bucket, for Trino, Glue and Athena',
    [
      'exhibit lake catalogue evidence --location s3://acme-evidence/prod --engine trino',
      'exhibit lake catalogue s3://acme-evidence/prod --engine glue',
    ],
  )
    .argument('<place>', 'evidence folder, or s3://BUCKET/PREFIX')
    .addOption(
      new Option('--engine <name>', 'trino: SQL; glue: databases, tables and grants; athena: saved questions')
        .choices(['trino', 'glue', 'athena'])
        .makeOptionMandatory(),
    )
    .option('--apply', 'make it: tables by Trino, saved questions in a workgroup of Athena')
    .option('--location <url>', 's3://BUCKET/PREFIX of the copy (default: the place, where that is one)')
    .option('--database <name>', 'first part of the names of databases', 'exhibit')
    .option('--first-year <year>', 'first year that is projected (default: of the log)', year)
    .option(
      '--last-year <year>',
      'last year that is projected (default: five years after the last of the log)',
      year,
    )
    .option(
      '--auditor <arn=framework>',
      'glue: a role and the one framework that it may read; repeatable',
      collect,
      [],
    )
    .option('--engineer <arn>', 'glue: a role that may read all; repeatable', collect, []);
  engineOptions(bucketOptions(catalogue));
  catalogue.action((place: string, flags: CatalogueFlags) =>
    invoke(async (context) => (await import('../lake/catalogue.ts')).catalogue(place, flags, context)),
  );

  bucketOptions(
    command(
      group,
      'purge',
      'delete files of one framework whose locks have ended, after a tombstone is in the log',
      [
        'exhibit lake purge evidence --framework soc2 --before 2020-01-01 --reason "Kept for seven years"',
        'exhibit lake purge s3://acme-evidence/prod --evidence evidence --framework soc2 --before 2020-01-01 --reason "Kept for seven years"',
      ],
    ),
  )
    .argument('<folder>', 'evidence folder, with the bucket behind it; or s3://BUCKET/PREFIX of a copy')
    .requiredOption('--framework <name>', 'whose evidence files')
    .requiredOption('--before <day>', 'only days before this one, YYYY-MM-DD')
    .requiredOption('--reason <text>', 'why; it is recorded')
    .option('--evidence <folder>', 'with s3://...: the folder that writes the log')
    .option('--as <person>', 'who does it; a reference is recorded, not the name (default: your user name)')
    .action((folder: string, flags: PurgeFlags) =>
      invoke(async (context) => (await import('../lake/purge.ts')).purge(folder, flags, context)),
    );
};

function year(value: string): number {
  if (!/^[12][0-9]{3}$/.test(value)) throw new InvalidArgumentError('expected a year of four digits');
  return Number(value);
}
