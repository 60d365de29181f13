import type { InputFile } from '../../inputs/index.ts';
import { ExhibitError, isExhibitError } from '../../record/index.ts';
import { AWS_TYPES, awsConfigItems, DeletedResources, inventoryFiles } from '../../watch/index.ts';
import { runCheck } from '../check/run.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { isServer } from '../evidence/remote.ts';
import type { CheckReport } from '../report/report.ts';
import { sentence } from '../terminal/table.ts';
import { plural } from '../terminal/text.ts';
import { goneDecisions } from './earlier.ts';

export interface InventoryOptions {
  /** Files and folders; none where AWS Config is asked. */
  paths: readonly string[];
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
  return runCheck(
    [],
    config,
    {
      quiet: options.quiet,
      layer: 'runtime',
      ...(options.environment === undefined ? {} : { environment: options.environment }),
      files: noting(filesOf(options, context), deleted),
      also: () => gone(deleted, config, context),
      unrecorded,
    },
    context,
  );
}

function filesOf(
  options: InventoryOptions,
  { cwd, clock }: Context,
): AsyncIterable<InputFile> | Iterable<InputFile> {
  const { paths, region, endpoint, types, deletedDays } = options;
  if ((region === undefined) === (paths.length === 0))
    throw new ExhibitError('USAGE', 'name either files of an inventory or --aws-config REGION', {
      hint: 'Example: exhibit inventory snapshot.json.gz, or exhibit inventory --aws-config eu-west-1',
    });
  if (region === undefined) return inventoryFiles(paths, cwd);
  return awsConfigItems({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    types: types.length === 0 ? AWS_TYPES : types,
    deletedDays,
    clock,
  });
}

async function* noting(
  files: AsyncIterable<InputFile> | Iterable<InputFile>,
  deleted: DeletedResources,
): AsyncGenerator<InputFile> {
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
