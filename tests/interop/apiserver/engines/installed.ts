import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { toolIsThere } from '../../policy/export-corpus.ts';
import { tokenOf } from '../account.ts';
import { apply, type Manifest, manifestsIn, paths } from '../client.ts';
import { type ApiServer, type Child, start } from '../server.ts';

const deploymentSchema = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        serviceAccountName: z.string(),
        containers: z
          .array(
            z.object({
              args: z.array(z.string()),
              env: z.array(z.object({ name: z.string(), value: z.string().optional() })),
            }),
          )
          .min(1),
      }),
    }),
  }),
});

/** What a project ships to be applied to a cluster. */
export interface Installation {
  objects: Manifest[];
  namespace: string;
}

/** Empty where all programs are there, else the reason of a skip. In CI a missing one is a failure. */
export async function missingOf(programs: readonly string[]): Promise<string> {
  const missing: string[] = [];
  for (const name of programs) if (!(await toolIsThere(name, ['--help']))) missing.push(name);
  return missing.length === 0 ? '' : ` (skipped: no ${missing.join(' and no ')} found)`;
}

/** The project's own manifest, which lies beside its program. */
export function installationOf(program: string, namespace: string): Installation {
  const found = execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
  const text = readFileSync(join(dirname(found), `${program.split('-')[0]}.yaml`), 'utf8');
  return { objects: manifestsIn(text), namespace };
}

/** Applies all but some kinds; definitions first, as they stand. */
export async function install(
  api: ApiServer,
  { objects }: Installation,
  without: readonly string[],
): Promise<void> {
  // Kinds that come with it are found by asking again.
  for (const one of objects) if (!without.includes(one.kind)) await apply(api, await paths(api)(one), one);
}

/**
 * Starts a program as the project's own Deployment does: with its arguments and variables, as its service account.
 * @param deployment name
 * @param args further ones, which go before those of the Deployment
 */
export async function startDeployed(
  api: ApiServer,
  { objects, namespace }: Installation,
  deployment: string,
  program: string,
  args: readonly string[],
): Promise<Child> {
  const found = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === deployment);
  if (found === undefined) throw new Error(`no Deployment ${deployment}`);
  const { serviceAccountName, containers } = deploymentSchema.parse(parse(found.text)).spec.template.spec;
  const [container] = containers;
  const config = join(api.folder, `${program}.json`);
  const { kubeconfig } = await tokenOf(api, namespace, serviceAccountName);
  await writeFile(config, kubeconfig, { mode: 0o600 });
  // What a kubelet would fill in.
  const env = Object.fromEntries(
    (container?.env ?? []).map(({ name, value }) => [
      name,
      value ?? (/NAMESPACE$/.test(name) ? namespace : `${deployment}-0`),
    ]),
  );
  const own = [`--kubeconfig=${config}`, ...args];
  const named = (text: string) => text.replace(/=.*/, '');
  const rest = (container?.args ?? []).filter((one) => !own.some((other) => named(other) === named(one)));
  return start(program, [...rest, ...own], api.folder, env);
}
