import { Option } from 'commander';
import { ExhibitError, SEVERITIES } from '../../record/index.ts';
import { collect, command, type Define } from '../command.ts';
import { EXIT } from '../exit.ts';
import { stopSignal } from '../stop-signal.ts';
import type { ColorChoice } from '../terminal/color.ts';

interface Flags {
  awsConfig?: string;
  configQueue?: string;
  region?: string;
  azure: string[];
  gcp: string[];
  endpoint?: string;
  type: string[];
  deletedDays: number;
  every?: string;
  environment?: string;
  bundle?: string;
  bundleKey: string[];
  failOn?: 'any' | 'none' | (typeof SEVERITIES)[number];
  evidence?: string;
  emitter?: string;
  output: string[];
  quiet?: boolean;
}

/** `exhibit inventory` */
export const inventory: Define = (program, invoke) => {
  command(program, 'inventory', 'judge what a cloud account has, as its inventory tells it', [
    'exhibit inventory config-snapshots/ --evidence evidence',
    'exhibit inventory s3://config-logs/AWSLogs/111122223333/Config --evidence evidence',
    'exhibit inventory --aws-config eu-west-1 --environment production --evidence evidence',
    'exhibit inventory --azure managementGroups/shop --evidence evidence',
    'exhibit inventory --gcp projects/shop-production --evidence evidence',
    'exhibit inventory --aws-config eu-west-1 --every PT6H --evidence https://evidence.example.com',
  ])
    .argument(
      '[path...]',
      'files of AWS Config, listings of Azure and Google Cloud, also gzipped; folders of them; or s3://BUCKET/PREFIX, where AWS Config delivers',
    )
    .option('--aws-config <region>', 'ask AWS Config for what is there, with the credentials of this machine')
    .option('--config-queue <url>', 'take the changes that AWS Config tells this queue of SQS')
    .option(
      '--azure <scope>',
      'ask Azure Resource Graph: the id of a subscription, or managementGroups/NAME; repeatable',
      collect,
      [],
    )
    .option(
      '--gcp <scope>',
      'ask Cloud Asset Inventory: projects/ID, folders/NUMBER or organizations/NUMBER; repeatable',
      collect,
      [],
    )
    .option(
      '--region <region>',
      'region of the bucket or the queue (default: that of the environment or profile)',
    )
    .option('--endpoint <url>', 'another address of the service that is asked')
    .option(
      '--type <type>',
      'type of resource to ask for: AWS::S3::Bucket, Microsoft.Sql/servers, storage.googleapis.com/Bucket; repeatable (default: those that the library judges)',
      collect,
      [],
    )
    .option('--deleted-days <days>', 'ask for deletions of so many days; 0: none', days, 7)
    .option('--every <duration>', 'judge again and again, so often: PT6H, P1D (default: once)')
    .option('--environment <name>', 'environment of the account, for resources that state none')
    .option('--bundle <file>', 'signed bundle (default: .exhibit/bundle.tar.gz)')
    .option(
      '--bundle-key <file>',
      'public key of which one must have signed the bundle; repeatable',
      collect,
      [],
    )
    .addOption(
      new Option(
        '--fail-on <severity>',
        'severity at and above which a violation of an enforced policy ends with 1 (default: high)',
      ).choices([...SEVERITIES, 'any', 'none']),
    )
    .option('--evidence <place>', 'evidence folder, or URL of a server (token in EXHIBIT_TOKEN)')
    .option('--emitter <name>', 'name under which the records are numbered (default: exhibit@<host>)')
    .option(
      '-o, --output <format>',
      'table, plain, json, ndjson, sarif, junit, github, gitlab or markdown; FORMAT=FILE writes a file; repeatable',
      collect,
      [],
    )
    .option('-q, --quiet', 'no notes')
    .action((paths: string[], flags: Flags) =>
      invoke(async (context) => {
        const [{ resolveConfig }, { repeat, runInventory }, { emit }, { durationSeconds }] =
          await Promise.all([
            import('../config/config.ts'),
            import('../inventory/run.ts'),
            import('../output/emit.ts'),
            import('../../policy/index.ts'),
          ]);
        const config = resolveConfig(
          {
            ...(flags.bundle === undefined ? {} : { bundle: flags.bundle }),
            ...(flags.bundleKey.length === 0 ? {} : { bundle_keys: flags.bundleKey }),
            ...(flags.failOn === undefined ? {} : { fail_on: flags.failOn }),
            ...(flags.evidence === undefined ? {} : { evidence: flags.evidence }),
            ...(flags.emitter === undefined ? {} : { emitter: flags.emitter }),
          },
          context,
        );
        const { color } = program.opts<{ color: ColorChoice }>();
        const targets = emit.targets(flags.output, context);
        const { awsConfig, configQueue, region, endpoint } = flags;
        const queue =
          configQueue === undefined
            ? undefined
            : new (await import('../../watch/index.ts')).ConfigQueue(configQueue, { region, endpoint });
        const once = async () => {
          const report = await runInventory(
            {
              paths,
              awsConfig,
              queue,
              azure: flags.azure,
              gcp: flags.gcp,
              region,
              endpoint,
              types: flags.type,
              deletedDays: flags.deletedDays,
              environment: flags.environment,
              quiet: flags.quiet === true,
            },
            config,
            context,
            (found) => emit.report(found, targets, color, context),
          );
          emit.report(report, targets, color, context);
          return report.exit_code;
        };
        if (flags.every === undefined) return once().finally(() => queue?.close());
        const seconds = durationSeconds(flags.every);
        if (seconds === undefined || seconds < 60)
          throw new ExhibitError(
            'USAGE',
            `--every ${JSON.stringify(flags.every)} is no duration of a minute or more`,
            {
              hint: 'Example: --every PT6H, or P1D.',
            },
          );
        await repeat(seconds * 1_000, async () => void (await once()), context, stopSignal());
        queue?.close();
        return EXIT.ok;
      }),
    );
};

function days(text: string): number {
  const value = Number(text);
  if (/^\d{1,3}$/.test(text) && value <= 365) return value;
  throw new ExhibitError('USAGE', `--deleted-days ${JSON.stringify(text)} is no number from 0 to 365`);
}
