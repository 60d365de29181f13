import { Option } from 'commander';
import { command, type Define } from '../command.ts';
import type { PackFlags } from '../pack/make.ts';
import { bucketOptions } from '../store/flags.ts';

/** `exhibit pack`: what the auditor takes away. */
export const pack: Define = (program, invoke) => {
  const own = command(
    program,
    'pack',
    'everything of an engagement in one file that verifies offline',
    'exhibit pack eng-0123456789abcdef --evidence evidence --out soc2-q1.zip',
  )
    .argument('[engagement]', 'its id')
    .option('--engagement <id>', 'the same as a flag')
    .requiredOption('--out <file>', 'the ZIP to write; it is never written over')
    .option('--evidence <place>', 'evidence folder or s3://BUCKET/PREFIX (default: that of the settings)')
    .option('--as <name>', 'who does it (default: the user of this machine)')
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'),
    );
  bucketOptions(own).action((id: string | undefined, flags: PackFlags) =>
    invoke(async (context) => (await import('../pack/make.ts')).pack(id, flags, context)),
  );
};
