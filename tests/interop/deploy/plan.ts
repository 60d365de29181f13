import { copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { runTool } from '../policy/export-corpus.ts';
import { PROVIDER_VERSION, schemasOf } from './bindings.ts';
import { MODULES, newWork, sources, terraform } from './terraform.ts';

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Puts a program where Terraform finds it as the AWS provider. @returns the environment that says so */
export function providerOf(program: string): Record<string, string> {
  const work = newWork();
  const types = new Set(
    [...sources().values()].flatMap((text) =>
      [...text.matchAll(/^(resource|data) "(aws_\w+)"/gm)].map(([, kind, type = '']) =>
        kind === 'data' ? `data.${type}` : type,
      ),
    ),
  );
  const schema = join(work, 'schema.json');
  writeFileSync(schema, JSON.stringify(schemasOf([...types].sort())));
  for (const host of ['registry.terraform.io', 'registry.opentofu.org']) {
    const platform = `${process.platform}_${ARCHITECTURES[process.arch] ?? process.arch}`;
    const folder = join(work, 'mirror', host, 'hashicorp', 'aws', PROVIDER_VERSION, platform);
    mkdirSync(folder, { recursive: true });
    copyFileSync(program, join(folder, `terraform-provider-aws_v${PROVIDER_VERSION}`));
  }
  const settings = join(work, 'cli.tfrc');
  writeFileSync(
    settings,
    `provider_installation {\n  filesystem_mirror {\n    path = "${join(work, 'mirror')}"\n  }\n}\n`,
  );
  return { TF_CLI_CONFIG_FILE: settings, EXHIBIT_PROVIDER_SCHEMA: schema };
}

const planSchema = z.looseObject({
  planned_values: z.looseObject({}),
  resource_changes: z.array(z.looseObject({ address: z.string(), type: z.string() })),
});

export interface Planned {
  /** The plan as `terraform show -json` prints it. */
  file: string;
  addresses: string[];
}

/**
 * Plans the example in a copy of the modules. @param change of a file below them: its old text and its new
 * @throws Error with what Terraform said
 */
export async function planned(
  env: Readonly<Record<string, string>>,
  change?: { file: string; from: string; to: string },
  tool = terraform,
): Promise<Planned> {
  if (tool === undefined) throw new Error('terraform was not found');
  const work = newWork();
  cpSync(MODULES, join(work, 'modules'), {
    recursive: true,
    filter: (name) => !/\.terraform(\.lock\.hcl)?$/.test(name),
  });
  if (change !== undefined) {
    const text = sources().get(change.file) ?? '';
    if (!text.includes(change.from)) throw new Error(`${change.file} has no ${change.from}`);
    writeFileSync(join(work, 'modules', change.file), text.replace(change.from, change.to));
  }
  const run = async (...args: string[]) => {
    const { stdout } = await runTool(tool, args, {
      cwd: join(work, 'modules', 'example'),
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, ...env },
    });
    return stdout;
  };
  await run('init', '-input=false', '-no-color');
  await run('validate', '-no-color');
  await run('plan', '-input=false', '-no-color', '-var-file=example.tfvars', '-out=plan');
  const text = await run('show', '-json', 'plan');
  const file = join(work, 'plan.json');
  writeFileSync(file, text);
  return {
    file,
    addresses: planSchema.parse(JSON.parse(text)).resource_changes.map(({ address }) => address),
  };
}
