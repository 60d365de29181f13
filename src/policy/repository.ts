import { setImmediate, setTimeout } from 'node:timers/promises';
import { readMap } from './control-map.ts';
import { readFrameworks } from './framework.ts';
import { gitRoot } from './git-root.ts';
import { readPolicies } from './metadata.ts';
import { checkOverrides, readOverrides } from './override-files.ts';
import { readRego } from './rego.ts';
import { readStacks } from './stacks/read.ts';
import { belongs, readConfig, readTree } from './tree.ts';
import type { Files, Opa, Policy, Problem, RegoPackage, Repository } from './types.ts';
import { parseYaml } from './yaml-file.ts';

/**
 * Reads a policy repository: policies, frameworks, control map, overrides, and what is wrong in it with file and line.
 * Problems do not throw: `lintRepository` explains them, `buildBundle` refuses errors.
 * @param options.now Unix milliseconds; the clock of this machine where not given
 * @param options.over what stands before the files of the folder, by path: the open buffers of an editor
 * @throws ExhibitError NOT_FOUND when the folder is none, INPUT_TOO_LARGE, TOOL_FAILED
 */
export async function readRepository(
  folder: string,
  options: { opa: Opa; now?: number; over?: Files },
): Promise<Repository> {
  const files = await readTree(folder);
  const { config } = readConfig(files);
  for (const [path, bytes] of options.over ?? []) if (belongs(path, config)) files.set(path, bytes);
  return readFiles(folder, files, options.opa, options.now ?? Date.now());
}

/** What a repository's Rego modules are compiled from. */
export type Modules = Pick<Repository, 'policies' | 'packages' | 'rego_v0' | 'files'>;

/**
 * As `readRepository`, of files that were read before: a commit, or a folder.
 * @param at Unix milliseconds at which the keys of approvals must be valid: the commit's time, or now
 * @param onModules is told of the modules as soon as they are known to be sound, while the rest is still to be read
 */
export async function readFiles(
  folder: string,
  files: Files,
  opa: Opa,
  at: number,
  onModules?: (modules: Modules) => void,
): Promise<Repository> {
  const { config, problems } = readConfig(files);
  const [rego] = await Promise.all([readRego(opa, files), parseAhead(files)]);
  const own = readPolicies(rego, files, config.policies);
  if (![...problems, ...rego.problems, ...own.problems].some(({ severity }) => severity === 'error')) {
    const { packages, rego_v0 } = rego;
    onModules?.({ policies: own.policies.toSorted(byId), packages, rego_v0, files });
  }
  const stacks = await readStacks(files, config.policies);
  const policies = [...own.policies, ...stacks.policies].sort(byId);
  const frameworks = readFrameworks(files);
  const map = readMap(files, policies);
  const severities = new Map(policies.map(({ id, severity }) => [id, severity]));
  const overrides = await checkOverrides(readOverrides(files, severities, config.longest_days), files, {
    rules: config.overrides,
    repository: config.name,
    prefix: gitRoot(folder).prefix,
    at,
  });
  return {
    folder,
    config,
    policies,
    frameworks: frameworks.frameworks,
    control_map: map.control_map,
    overrides: overrides.overrides,
    rejected_overrides: overrides.rejected,
    written_overrides: overrides.written,
    packages: rego.packages,
    rego_v0: rego.rego_v0,
    problems: byPlace([
      ...problems,
      ...rego.problems,
      ...reserved(rego.packages),
      ...own.problems,
      ...stacks.problems,
      ...duplicates(policies),
      ...frameworks.problems,
      ...map.problems,
      ...overrides.problems,
    ]),
    files,
  };
}

const byId = (a: Policy, b: Policy) => (a.id < b.id ? -1 : 1);

/** Time for OPA to be started, in milliseconds. */
const START = 20;

/** Parses the large files while OPA parses the modules: what is parsed once is there for who asks for it. */
async function parseAhead(files: Files): Promise<void> {
  await setTimeout(START);
  for (const path of files.keys()) {
    if (/^frameworks\/[^/]+\.ya?ml$/.test(path)) parseYaml(files, path, 'failsafe');
    else if (/^controls\/[^/]+\.ya?ml$/.test(path)) parseYaml(files, path);
    else continue;
    await setImmediate();
  }
}

/** The generated modules and the bundle's data must not be added to by a policy, nor their folder: a comparison passes over it. */
function reserved(packages: readonly RegoPackage[]): Problem[] {
  return packages
    .filter(
      ({ name, files }) =>
        /^exhibit(\.(bundle|entry|judge|compat|decide|overrides|verdicts)(\.|$)|$)/.test(name) ||
        files.some((file) => file.startsWith('exhibit/')),
    )
    .map(({ name, files: [file = ''] }) => ({
      severity: 'error',
      rule: 'package',
      message: `the package ${name} in ${file} stands where the bundle's own parts stand`,
      location: { file, line: 1 },
      hint: `Choose another package, such as exhibit.policies.<name>, and a file outside of the folder exhibit.`,
    }));
}

function duplicates(policies: readonly Policy[]): Problem[] {
  return policies.flatMap((policy, i) => {
    const first = policies.slice(0, i).find((other) => other.id === policy.id);
    if (first === undefined) return [];
    const message = `the id ${policy.id} is taken by ${first.file}`;
    return [
      { severity: 'error' as const, rule: 'duplicate-id', message, location: { file: policy.file, line: 1 } },
    ];
  });
}

/** Problems by file, line, column and text: the same order on every machine. */
export function byPlace(problems: readonly Problem[]): Problem[] {
  const key = ({ location: { file = '', line = 0, column = 0 }, message }: Problem) =>
    [file, String(line).padStart(8, '0'), String(column).padStart(8, '0'), message].join('\0');
  return problems.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
