import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ROOT } from '../../acceptance/workshop.ts';
import { runTool } from '../policy/export-corpus.ts';

export const MODULES = join(ROOT, 'deploy', 'terraform');

/** Terraform and OpenTofu, as far as they are there: the modules are for both. */
export const TOOLS = await those(['terraform', 'tofu']);
export const [terraform] = TOOLS;
/** Empty where one is there, else the reason of a skip. In a pipeline that is a failure. */
export const why = terraform === undefined ? ' (skipped: neither terraform nor tofu found)' : '';

async function those(names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names)
    await runTool(name, ['version']).then(
      () => found.push(name),
      () => undefined,
    );
  if (process.env.CI === 'true' && found.length === 0)
    throw new Error('neither terraform nor tofu was found');
  return found;
}

/** Folders of the modules that have tests: those without a provider. */
export function testedModules(): string[] {
  return readdirSync(MODULES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.tftest.hcl'))
    .map((name) => dirname(dirname(name)))
    .sort();
}

/** Every file of the modules that Terraform reads, by its path below them. */
export function sources(): Map<string, string> {
  const names = readdirSync(MODULES, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(tf|tftest\.hcl)$/.test(name) && !name.includes('.terraform/'))
    .sort();
  return new Map(names.map((name) => [name, readFileSync(join(MODULES, name), 'utf8')]));
}

/** Runs Terraform on a module; what it writes lies elsewhere. Rejects on an exit code other than 0. */
export async function onModule(
  module: string,
  args: readonly string[],
  work = newWork(),
  tool = terraform,
): Promise<string> {
  if (tool === undefined) throw new Error('terraform was not found');
  const { stdout } = await runTool(tool, [`-chdir=${join(MODULES, module)}`, ...args], {
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, TF_DATA_DIR: join(work, 'data') },
  });
  return stdout;
}

export function newWork(): string {
  return mkdtempSync(join(tmpdir(), 'exhibit-terraform-'));
}

const outputsSchema = z.record(z.string(), z.object({ value: z.unknown() }));

/** What a module without a provider gives for its variables. */
export async function outputsOf(
  module: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const work = newWork();
  const file = join(work, 'variables.tfvars.json');
  const state = join(work, 'state.json');
  writeFileSync(file, JSON.stringify(variables));
  await onModule(module, ['init', '-input=false', '-backend=false'], work);
  await onModule(
    module,
    ['apply', '-auto-approve', '-input=false', `-state=${state}`, `-var-file=${file}`],
    work,
  );
  const outputs = outputsSchema.parse(
    JSON.parse(await onModule(module, ['output', '-json', `-state=${state}`], work)),
  );
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}
