import { InvalidArgumentError, Option } from 'commander';
import { command, type Define } from '../command.ts';
import { MEASURED } from '../cost/measured.ts';
import type { CostFlags } from '../cost/run.ts';

/** `exhibit cost` */
export const cost: Define = (program, invoke) => {
  command(program, 'cost', 'estimate what the evidence costs in S3, with Athena over it', [
    'exhibit cost --records-per-day 50000',
    'exhibit cost --records-per-day 1000000 --controls 60 --years 7 --copies 2 --region eu-central-1 -o json',
  ])
    .requiredOption('--records-per-day <count>', 'records that come each day', count(1))
    .option('--record-bytes <bytes>', 'bytes of a record in the log', count(1), MEASURED.log_record)
    .option('--controls <count>', 'controls that have a file each day', count(0), 36)
    .option('--controls-per-record <count>', 'controls that a record supports', decimal, 2)
    .option('--inputs-per-day <count>', 'inputs that are stored for re-performance each day', count(0), 0)
    .option('--input-bytes <bytes>', 'size of one', count(0), 4_096)
    .option('--years <count>', 'years for which everything is kept', count(1, 100), 1)
    .option('--copies <count>', 'buckets that hold all of it', count(1, 10), 1)
    .option('--queries-per-day <count>', 'questions over one control and 90 days', count(0), 20)
    .option('--kms', 'encrypted with a key of KMS of your own: a request for each write and read')
    .option('--region <name>', 'region, as the table of prices names it', 'us-east-1')
    .option('--prices <file>', 'your own table of prices (default: the one that comes with the program)')
    .addOption(
      new Option('-o, --output <format>', 'table or json').choices(['table', 'json']).default('table'),
    )
    .action((flags: CostFlags) =>
      invoke(async (context) => (await import('../cost/run.ts')).cost(flags, context)),
    );
};

function count(least: number, most = 1_000_000_000_000): (value: string) => number {
  return (value) => {
    const number = /^\d{1,13}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
  };
}

function decimal(value: string): number {
  if (/^\d{1,4}(\.\d{1,4})?$/.test(value)) return Number(value);
  throw new InvalidArgumentError('expected a number, such as 2 or 1.5');
}
