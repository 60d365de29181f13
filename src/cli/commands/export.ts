import { Argument } from 'commander';
import type { ExportFormat } from '../../export/index.ts';
import { command, type Define } from '../command.ts';
import type { ExportFlags } from '../export/run.ts';

/** As src/export has them; written here too, so that help needs nothing of it. A test holds them together. */
export const FORMATS = ['ocsf', 'oscal', 'gemara', 'sarif', 'csv'] as const satisfies readonly ExportFormat[];

/** `exhibit export` */
export const exportCommand: Define = (program, invoke) => {
  command(program, 'export', 'evidence in the shape of other tools; says what is missing', [
    'exhibit export ocsf --evidence evidence --from 2026-10-01 --to 2026-12-31 --output evidence.jsonl',
    'exhibit export oscal --evidence evidence --framework soc2 --output results.json',
    'exhibit export csv --evidence evidence --control soc2/cc6.1',
  ])
    .addArgument(
      new Argument('<format>', 'OCSF findings, OSCAL results, Gemara log, SARIF, CSV').choices(FORMATS),
    )
    .option('--evidence <folder>', 'evidence folder')
    .option('--framework <id>', 'such as soc2')
    .option('--control <id>', 'such as cc6.1, or soc2/cc6.1')
    .option('--policy <id>', 'decisions of one policy; not for oscal and gemara')
    .option('--from <day>', 'first UTC day, YYYY-MM-DD')
    .option('--to <day>', 'last UTC day')
    .option('--array', 'ocsf: one JSON array instead of one event a line')
    .option('--raw', 'csv: values as they are, also what a spreadsheet runs as a formula')
    .option('--output <file>', 'write a file instead of standard output')
    .action((format: ExportFormat, flags: ExportFlags) =>
      invoke(async (context) => (await import('../export/run.ts')).run(format, flags, context)),
    );
};
