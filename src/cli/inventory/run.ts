import type { InputFile } from '../../inputs/index.ts';
import { ExhibitError, isExhibitError, plural } from '../../record/index.ts';
import {
  AWS_TYPES,
  AZURE_TABLES,
  awsConfigItems,
  bucketInventory,
  type ConfigQueue,
  cloudAssets,
  DeletedResources,
  GCP_TYPES,
  inventoryFiles,
  isBucket,
  resourceGraph,
} from '../../watch/index.ts';
import { runCheck } from '../check/run.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { isServer } from '../evidence/remote.ts';
import type { CheckReport } from '../report/report.ts';
import { sentence } from '../terminal/table.ts';
import { withDrift } from './drift.ts';
import { goneDecisions } from './earlier.ts';

export interface InventoryOptions {
  /** Files and folders, and prefixes of buckets; none where a service is asked. */
  paths: readonly string[];
  /** Region in which AWS Config is asked. */
  awsConfig?: string | undefined;
  /** Subscriptions and management groups of Azure. */
  azure: readonly string[];
  /** Projects, folders and organisations of Google Cloud. */
  gcp: readonly string[];
  /** Queue to which AWS Config tells changes. */
  queue?: ConfigQueue | undefined;
  region?: string | undefined;
  endpoint?: string | undefined;
  types: readonly string[];
  deletedDays: number;
  environment?: string | undefined;
  quiet: boolean;
}

/**
 * Judges what a cloud account has, once, at the layer runtime, and records it as a check does.
 * @throws ExhibitError USAGE, NOT_FOUND, and what a check throws
 */
export async function runInventory(
  options: InventoryOptions,
  config: Config,
  context: Context,
  unrecorded: (report: CheckReport) => void,
): Promise<CheckReport> {
  const deleted = new DeletedResources();
  const report = await runCheck(
    [],
    config,
    {
      quiet: options.quiet,
      layer: 'runtime',
      ...(options.environment === undefined ? {} : { environment: options.environment }),
      files: noting(filesOf(options, context), deleted),
      also: () => gone(deleted, config, context),
      link: (records, blobs, folder) => withDrift(records, blobs, folder, context),
      unrecorded,
    },
    context,
  );
  if (options.queue !== undefined) await settle(options.queue, options.quiet, config, context);
  return report;
}

/** What was recorded need not come again. Without evidence nothing was, and all of it does. */
async function settle(
  queue: ConfigQueue,
  quiet: boolean,
  { evidence }: Config,
  { stderr }: Context,
): Promise<void> {
  const say = (text: string) => stderr.write(sentence(`note: ${text}`, stderr));
  if (evidence === undefined) {
    say('nothing is recorded without --evidence, so the messages stay in the queue');
    return;
  }
  const { other, left } = await queue.settle();
  if (left > 0) say(`${plural(left, 'message')} could not be deleted and will come again`);
  if (other > 0 && !quiet) say(`${plural(other, 'message')} of the queue tell of no resource`);
}

type Files = AsyncIterable<InputFile> | Iterable<InputFile>;

function filesOf(options: InventoryOptions, { cwd, clock, env }: Context): Files {
  const { paths, awsConfig, queue, azure, gcp, endpoint, types, deletedDays } = options;
  const named = [
    paths.length,
    Number(awsConfig !== undefined),
    Number(queue !== undefined),
    azure.length,
    gcp.length,
  ];
  if (named.filter((count) => count > 0).length !== 1)
    throw new ExhibitError(
      'USAGE',
      'name one kind of inventory: files or where they lie, --aws-config, --config-queue, --azure or --gcp',
      {
        hint: 'Example: exhibit inventory s3://config-logs/AWSLogs, or exhibit inventory --aws-config eu-west-1',
      },
    );
  const asked = (known: readonly string[]) => (types.length === 0 ? known : types);
  if (queue !== undefined) return queue.files();
  if (azure.length > 0)
    return resourceGraph({ scopes: azure, types: asked(Object.values(AZURE_TABLES).flat()), endpoint, env });
  if (gcp.length > 0) return cloudAssets({ scopes: gcp, types: asked(GCP_TYPES), endpoint, env });
  if (awsConfig === undefined) return placesOf(paths, options, cwd);
  return awsConfigItems({
    region: awsConfig,
    ...(endpoint === undefined ? {} : { endpoint }),
    types: asked(AWS_TYPES),
    deletedDays,
    clock,
  });
}

async function* placesOf(
  paths: readonly string[],
  { region, endpoint }: InventoryOptions,
  cwd: string,
): AsyncGenerator<InputFile> {
  for (const path of paths)
    yield* isBucket(path) ? bucketInventory(path, { region, endpoint }) : inventoryFiles([path], cwd);
}

async function* noting(files: Files, deleted: DeletedResources): AsyncGenerator<InputFile> {
  for await (const file of files) {
    for (const { value } of file.documents) deleted.add(value);
    yield file;
  }
}

async function gone(deleted: DeletedResources, { evidence }: Config, context: Context) {
  const all = deleted.all;
  if (all.length === 0 || evidence === undefined) return [];
  if (!isServer(evidence.value)) return goneDecisions(all, evidence.value, context);
  const text = `note: ${plural(all.length, 'resource')} of the inventory ${all.length === 1 ? 'is' : 'are'} deleted. What failed of them before lies at the server, so no finding is ended here; run this where the evidence folder is`;
  context.stderr.write(sentence(text, context.stderr));
  return [];
}

/** Judges again and again until the process is told to stop. A pass that fails is told, and the next one comes at its time. */
export async function repeat(
  every: number,
  pass: () => Promise<void>,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await pass();
    } catch (error) {
      if (!isExhibitError(error) || error.kind === 'usage') throw error;
      context.stderr.write(sentence(`error ${error.code}: ${error.message}`, context.stderr));
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, every);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
      if (signal.aborted) resolve();
    });
  }
}
