import { canonicalize, type Digest, ExhibitError, formatLocation } from '../record/index.ts';
import { keyOf } from './answers.ts';
import { BUNDLE_SCHEMA, type BundleData } from './bundle-data.ts';
import { allCapabilities, type Capabilities, compile } from './compile.ts';
import { DECIDE_FILES, DECIDE_ROOTS } from './decide/index.ts';
import { bundleDigest } from './digest.ts';
import { ENTRY_FILE, entryModule, rootsOf } from './entry.ts';
import { carriedPolicies } from './export/carried.ts';
import { type Committed, readCommitted } from './git.ts';
import { gitRoot } from './git-root.ts';
import { ANSWER, askedRules } from './judge.ts';
import { openBundle } from './load.ts';
import { isTest, regoFiles, regoVersions } from './rego.ts';
import { type Release, readRelease, type Trust, trustOf } from './release/index.ts';
import { type Modules, readFiles } from './repository.ts';
import { RUNTIME_BUILTINS } from './runtime-builtins.ts';
import { isRegoPolicy, regoPolicies } from './styles.ts';
import { packTar, unpackTar } from './tar.ts';
import { readConfig, readTree } from './tree.ts';
import type { Bundle, Files, Opa, Repository } from './types.ts';

export interface BuildOptions {
  opa: Opa;
  /** What `readCommitted` says of the folder, where it was asked before. */
  committed?: Promise<Committed | undefined>;
  /** Name of the version where the folder is in no git repository. */
  revision?: string;
  /** Its time, Unix seconds. */
  revision_time?: number;
  /** Build what lies in the folder although it differs from the commit; the revision then ends in `-dirty`. */
  allowDirty?: boolean;
  /** Built-ins that the run time has. */
  builtins?: readonly string[];
  /** Digest of the program that builds: with it, and a compiler whose answers are kept, a whole bundle is kept. */
  program?: string;
  /** Build only of a commit with a signed tag, whatever exhibit.yaml says. */
  requireSignedTag?: boolean;
  /** Build also what is not tagged, whatever exhibit.yaml says: for a trial, never to be signed. */
  untagged?: boolean;
  /** Only this tag counts. */
  tag?: string;
  /** Whom to believe; without it the files that exhibit.yaml names, as the commit holds them. */
  trust?: Omit<Trust, 'source'>;
}

export interface BuiltBundle {
  files: Files;
  tar: Uint8Array;
  digest: Digest;
  /** What the bundle says besides its rules. */
  data: BundleData;
  /** How its commit came about. */
  release: Release | undefined;
}

/**
 * Builds the bundle of a policy repository from its committed tree: the same commit gives the same bytes on any machine
 * with the same version of opa.
 * @throws ExhibitError USAGE (a dirty tree, no version), POLICY_INVALID (the first problem), POLICY_BUILTIN, TOOL_FAILED,
 *   TAG_REQUIRED
 */
export async function buildBundle(folder: string, options: BuildOptions): Promise<BuiltBundle> {
  const source = await sourceOf(folder, options);
  const release = await releaseOf(folder, source, options);
  const full = release === undefined ? source : { ...source, release };
  const tar = await kept(folder, full, options, async () => {
    // Tests are not in the bundle, and half of what would be parsed. `policy test` and `policy lint` read them.
    const files = new Map([...source.files].filter(([path]) => !isTest(path)));
    let wasm: Promise<Uint8Array> | undefined;
    // Asked while the modules are read, so that the compiler can start as soon as they are known to be sound.
    const known = allCapabilities(options.opa);
    known.catch(() => undefined);
    const repository = await readFiles(folder, files, options.opa, approvedAt(source), (modules) => {
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
    return packTar(await assemble(repository, full, options, wasm));
  });
  const files = unpackTar(tar);
  return { files, tar, digest: bundleDigest(files), data: dataOf(files), release };
}

/** Not compared with the schema, since this program wrote it. */
function dataOf(files: Files): BundleData {
  const text = Buffer.from(files.get('data.json') ?? '').toString('utf8');
  return (JSON.parse(text) as { exhibit: { bundle: BundleData } }).exhibit.bundle;
}

/** The whole bundle, where the same program made it of the same things before. */
async function kept(
  folder: string,
  source: Source,
  options: BuildOptions,
  make: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const { opa, program, builtins } = options;
  if (opa.kept === undefined || program === undefined) return make();
  // What is not committed is judged by the clock where an approval is signed: no answer of earlier holds.
  if (source.committed !== true && [...source.files.keys()].some((path) => path.endsWith('.sig')))
    return make();
  const { files, revision, revision_time, release } = source;
  // Whose code owners count depends on where the folder lies.
  const { prefix } = gitRoot(folder);
  const facts = { prefix, revision, revision_time, release: release ?? null, builtins: builtins ?? null };
  const key = keyOf(opa.kept.digest, ['bundle', program, opa.version, JSON.stringify(facts)], '', files);
  const known = await opa.kept.answers.get(key);
  if (known?.output !== undefined) return known.output;
  const tar = await make();
  await opa.kept.answers.put(key, { stdout: Buffer.alloc(0), output: Buffer.from(tar) });
  return tar;
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

/** A repository as its commit holds it, with its version. @throws ExhibitError USAGE, NOT_FOUND, TOOL_FAILED */
export async function readVersion(
  folder: string,
  options: BuildOptions,
): Promise<{ repository: Repository; version: Revision }> {
  const source = await sourceOf(folder, options);
  const { revision, revision_time } = source;
  return {
    repository: await readFiles(folder, source.files, options.opa, approvedAt(source)),
    version: { revision, revision_time },
  };
}

interface Revision {
  revision: string;
  revision_time: number;
  release?: Release;
}

interface Source extends Revision {
  files: Files;
  /** True where the files are those of the commit. */
  committed?: boolean;
}

/** When keys of approvals must be valid, Unix milliseconds: what is not committed is as of now. */
function approvedAt({ committed, revision_time }: Source): number {
  return committed === true ? revision_time * 1_000 : Date.now();
}

async function sourceOf(folder: string, options: BuildOptions): Promise<Source> {
  const committed = await (options.committed ?? readCommitted(folder));
  if (committed === undefined) {
    const { revision, revision_time = 0 } = options;
    if (revision !== undefined) return { files: await readTree(folder), revision, revision_time };
    throw new ExhibitError('USAGE', `${folder} has no commit, so its bundle would have no version.`, {
      hint: 'Commit the policies, or name a revision.',
    });
  }
  const { revision, revision_time, files, dirty } = committed;
  if (dirty.length === 0) return { files, revision, revision_time, committed: true };
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

/** @throws ExhibitError TAG_REQUIRED, also for what is no commit though a signed tag is asked for */
async function releaseOf(
  folder: string,
  source: Source,
  options: BuildOptions,
): Promise<Release | undefined> {
  const { release } = readConfig(source.files).config;
  if (options.untagged === true) return undefined;
  const require = release?.require_signed_tag === true || options.requireSignedTag === true;
  const { revision, committed } = source;
  const tag = options.tag === undefined ? {} : { tag: options.tag };
  if (committed !== true) {
    if (!require && options.tag === undefined) return undefined;
    throw new ExhibitError(
      'TAG_REQUIRED',
      `What would be built is no commit, so no tag of it is signed (${revision}).`,
      {
        hint: 'Commit, tag with `git tag -s`, and build without --allow-dirty.',
      },
    );
  }
  const trust = options.trust === undefined ? await trustOf(folder, revision, release) : given(options.trust);
  return readRelease(folder, { revision, require, ...tag, trust });
}

const given = (trust: Omit<Trust, 'source'>): Trust => ({ ...trust, source: 'given' });

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
  options: BuildOptions,
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
  options: BuildOptions,
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
