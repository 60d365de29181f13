import { canonicalize, type Digest, ExhibitError, formatLocation } from '../record/index.ts';
import { BUNDLE_SCHEMA, type BundleData } from './bundle-data.ts';
import { compile } from './compile.ts';
import { DECIDE_FILES, DECIDE_ROOTS } from './decide/index.ts';
import { bundleDigest } from './digest.ts';
import { ENTRY_FILE, entryModule, rootsOf } from './entry.ts';
import { readCommitted } from './git.ts';
import { ANSWER, askedRules } from './judge.ts';
import { openBundle } from './load.ts';
import { isTest, regoFiles, regoVersions } from './rego.ts';
import { readFiles } from './repository.ts';
import { RUNTIME_BUILTINS } from './runtime-builtins.ts';
import { isRegoPolicy, regoPolicies } from './styles.ts';
import { packTar } from './tar.ts';
import { readTree } from './tree.ts';
import type { Bundle, Files, Opa, Repository } from './types.ts';

export interface BuildOptions {
  opa: Opa;
  /** Name of the version where the folder is in no git repository. */
  revision?: string;
  /** Its time, Unix seconds. */
  revision_time?: number;
  /** Build what lies in the folder although it differs from the commit; the revision then ends in `-dirty`. */
  allowDirty?: boolean;
  /** Built-ins that the run time has. */
  builtins?: readonly string[];
}

export interface BuiltBundle {
  files: Files;
  tar: Uint8Array;
  digest: Digest;
  repository: Repository;
}

/**
 * Builds the bundle of a policy repository from its committed tree: the same commit gives the same bytes on any machine
 * with the same version of opa.
 * @throws ExhibitError USAGE (a dirty tree, no version), POLICY_INVALID (the first problem), POLICY_BUILTIN, TOOL_FAILED
 */
export async function buildBundle(folder: string, options: BuildOptions): Promise<BuiltBundle> {
  const source = await sourceOf(folder, options);
  const repository = await readFiles(folder, source.files, options.opa);
  refuseProblems(repository);
  const files = await assemble(repository, source, options);
  return { files, tar: packTar(files), digest: bundleDigest(files), repository };
}

/**
 * The bundle of a repository as it was read, unsigned and without a commit: what its own tests judge with.
 * @throws ExhibitError POLICY_INVALID, POLICY_BUILTIN, TOOL_FAILED
 */
export async function trialBundle(repository: Repository, opa: Opa): Promise<Bundle> {
  refuseProblems(repository);
  const files = await assemble(repository, { revision: 'test', revision_time: 0 }, { opa });
  return openBundle(files, { keys: [], allowUnsigned: true });
}

interface Revision {
  revision: string;
  revision_time: number;
}

interface Source extends Revision {
  files: Files;
}

async function sourceOf(folder: string, options: BuildOptions): Promise<Source> {
  const committed = await readCommitted(folder);
  if (committed === undefined) {
    const { revision, revision_time = 0 } = options;
    if (revision !== undefined) return { files: await readTree(folder), revision, revision_time };
    throw new ExhibitError('USAGE', `${folder} has no commit, so its bundle would have no version.`, {
      hint: 'Commit the policies, or name a revision.',
    });
  }
  const { revision, revision_time, files, dirty } = committed;
  if (dirty.length === 0) return { files, revision, revision_time };
  if (options.allowDirty === true)
    return { files: await readTree(folder), revision: `${revision}-dirty`, revision_time };
  throw new ExhibitError(
    'USAGE',
    `The policy repository differs from its commit: ${dirty.slice(0, 5).join(', ')}${dirty.length > 5 ? ` and ${dirty.length - 5} more` : ''}.`,
    {
      hint: 'Commit or remove the changes. A bundle says which commit it holds, so it holds exactly that.',
      details: { dirty },
    },
  );
}

/** A rejected override does not stop a build: it does not apply, and the bundle says so. */
function refuseProblems(repository: Repository): void {
  const errors = repository.problems.filter(
    (problem) => problem.severity === 'error' && problem.rule !== 'override',
  );
  const [first] = errors;
  if (first === undefined) {
    if (repository.policies.length > 0) return;
    throw new ExhibitError('POLICY_INVALID', 'The repository holds no policy.', {
      hint: 'Write one, or `exhibit init`.',
    });
  }
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more: exhibit policy lint)` : '';
  throw new ExhibitError('POLICY_INVALID', `${formatLocation(first.location)}: ${first.message}${more}`, {
    location: first.location,
    details: { problems: errors },
  });
}

async function assemble(
  repository: Repository,
  source: Revision,
  options: BuildOptions,
): Promise<Map<string, Uint8Array>> {
  const { policies, packages, rego_v0 } = repository;
  const rego = regoPolicies(policies);
  const modules = new Map([...regoFiles(repository.files)].filter(([path]) => !isTest(path)));
  modules.set(ENTRY_FILE, Buffer.from(entryModule(rego, packages)));
  const manifest = manifestOf(
    source.revision,
    [...rootsOf(packages), ...DECIDE_ROOTS].sort(),
    rego_v0.filter((path) => !isTest(path)),
  );
  const files = new Map([...modules, ['.manifest', json(manifest)]]);
  const builtins = options.builtins ?? RUNTIME_BUILTINS;
  const wasm = await compile(options.opa, files, askedRules(rego), builtins);
  const data: BundleData = {
    schema: BUNDLE_SCHEMA,
    lineage: repository.config.name,
    revision: source.revision,
    revision_time: source.revision_time,
    policies,
    control_map: repository.control_map,
    frameworks: repository.frameworks,
    overrides: repository.overrides,
    rejected_overrides: repository.rejected_overrides,
    entrypoints: [ANSWER],
    opa_version: options.opa.version,
  };
  for (const [path, text] of DECIDE_FILES) files.set(path, Buffer.from(text));
  for (const path of policies.flatMap((policy) => (isRegoPolicy(policy) ? [] : policy.files)))
    files.set(path, repository.files.get(path) ?? new Uint8Array());
  // Through JSON, so that a field without a value is left out instead of refused.
  const plain: unknown = JSON.parse(JSON.stringify({ exhibit: { bundle: data } }));
  return files.set('data.json', json(plain)).set('policy.wasm', wasm);
}

/**
 * The module of WebAssembly is not named in the manifest: an OPA without a WebAssembly engine would refuse the bundle. It
 * judges from the Rego sources, while the file is under the signature like every other.
 */
function manifestOf(revision: string, roots: readonly string[], rego_v0: readonly string[]): unknown {
  return {
    revision,
    roots,
    ...regoVersions(rego_v0),
    metadata: { built_by: 'exhibit' },
  };
}

function json(value: unknown): Uint8Array {
  return Buffer.from(`${canonicalize(value)}\n`);
}
