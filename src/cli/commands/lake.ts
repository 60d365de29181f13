import { resolve } from 'node:path';
import { collect, command, type Define } from '../command.ts';
import { type BucketFlags, bucketOptions } from '../store/flags.ts';

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
};
