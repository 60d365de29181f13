import { canonicalize, ExhibitError, formatLocation } from '../record/index.ts';
import { BUNDLE_SCHEMA, type BundleData } from './bundle-data.ts';
import { allCapabilities, type Capabilities, compile } from './compile.ts';
import { DECIDE_FILES, DECIDE_ROOTS } from './decide/index.ts';
import { ENTRY_FILE, entryModule, rootsOf } from './entry.ts';
import { carriedPolicies } from './export/carried.ts';
import { ANSWER, askedRules } from './judge.ts';
import { openBundle } from './load.ts';
import { isTest, regoFiles, regoVersions } from './rego.ts';
import type { Release } from './release/index.ts';
import { type Modules, readFiles } from './repository.ts';
import { RUNTIME_BUILTINS } from './runtime-builtins.ts';
import { isRegoPolicy, regoPolicies } from './styles.ts';
import { packTar } from './tar.ts';
import type { Bundle, Files, Opa, Repository } from './types.ts';

/** Which version of a repository a bundle holds. */
export interface Revision {
  revision: string;
  /** Unix seconds. */
  revision_time: number;
  release?: Release;
}

export interface AssembleOptions {
  opa: Opa;
  /** Built-ins that the run time has. */
  builtins?: readonly string[];
}

/**
 * Makes the bundle of a repository's files, packed. It is a file of its own, so that a build whose bundle is kept loads nothing of it.
 * @param options.at when keys of approvals must be valid, Unix milliseconds
 * @throws ExhibitError POLICY_INVALID (the first problem), POLICY_BUILTIN, TOOL_FAILED
 */
export async function makeBundle(
  folder: string,
  source: Revision & { files: Files },
  options: AssembleOptions & { at: number },
): Promise<Uint8Array> {
  // Tests are not in the bundle, and half of what would be parsed. `policy test` and `policy lint` read them.
  const files = new Map([...source.files].filter(([path]) => !isTest(path)));
  let wasm: Promise<Uint8Array> | undefined;
  // Asked while the modules are read, so that the compiler can start as soon as they are known to be sound.
  const known = allCapabilities(options.opa);
  known.catch(() => undefined);
  const repository = await readFiles(folder, files, options.opa, options.at, (modules) => {
    // It takes a second, and nothing that is read meanwhile changes it.
    wasm = compileModules(modules, options, known);
    // It is awaited below; until then a failure is nobody's surprise.
    wasm.catch(() => undefined);
  });
  try {
    refuseProblems(repository);
  } catch (cause) {
    await wasm?.catch(() => undefined);
    throw cause;
  }
  return packTar(await assemble(repository, source, options, wasm));
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

/**
 * The files of a repository's bundle, unsigned: what an export carries.
 * @throws ExhibitError POLICY_INVALID, POLICY_BUILTIN, TOOL_FAILED; USAGE without a version
 */
export async function bundleFiles(
  repository: Repository,
  version: Revision | undefined,
  opa: Opa,
): Promise<Map<string, Uint8Array>> {
  refuseProblems(repository);
  if (version !== undefined) return assemble(repository, version, { opa });
  throw new ExhibitError('USAGE', 'A bundle has the version of a commit, and none is known.', {
    hint: 'Commit the policies.',
  });
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

interface Sources {
  modules: ReadonlyMap<string, Uint8Array>;
  manifest(revision: string): [path: string, content: Uint8Array];
}

function sourcesOf({ policies, packages, rego_v0, files }: Modules): Sources {
  const modules = new Map([...regoFiles(files)].filter(([path]) => !isTest(path)));
  modules.set(ENTRY_FILE, Buffer.from(entryModule(regoPolicies(policies), packages)));
  const roots = [...rootsOf(packages), ...DECIDE_ROOTS].sort();
  const old = rego_v0.filter((path) => !isTest(path));
  return { modules, manifest: (revision) => ['.manifest', json(manifestOf(revision, roots, old))] };
}

/** The module of WebAssembly, without the commit: a new override is no reason to compile the same modules again. */
function compileModules(
  repository: Modules,
  options: AssembleOptions,
  known?: Promise<Capabilities>,
): Promise<Uint8Array> {
  const { modules, manifest } = sourcesOf(repository);
  const rules = askedRules(regoPolicies(repository.policies));
  const builtins = options.builtins ?? RUNTIME_BUILTINS;
  return compile(options.opa, new Map([...modules, manifest('')]), rules, builtins, known);
}

async function assemble(
  repository: Repository,
  source: Revision,
  options: AssembleOptions,
  compiled?: Promise<Uint8Array>,
): Promise<Map<string, Uint8Array>> {
  const { policies } = repository;
  const { modules, manifest } = sourcesOf(repository);
  const files = new Map([...modules, manifest(source.revision)]);
  const exports = carriedPolicies(repository);
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
    ...(source.release === undefined ? {} : { release: source.release }),
    ...(repository.config.emitters.length === 0 ? {} : { emitters: repository.config.emitters }),
    ...(exports.length === 0 ? {} : { exports }),
    ...(repository.config.valid_days === undefined ? {} : { valid_days: repository.config.valid_days }),
  };
  for (const [path, text] of DECIDE_FILES) files.set(path, Buffer.from(text));
  for (const path of policies.flatMap((policy) => (isRegoPolicy(policy) ? [] : policy.files)))
    files.set(path, repository.files.get(path) ?? new Uint8Array());
  // Through JSON, so that a field without a value is left out instead of refused.
  const plain: unknown = JSON.parse(JSON.stringify({ exhibit: { bundle: data } }));
  const wasm = await (compiled ?? compileModules(repository, options));
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
