import { type Digest, ExhibitError } from '../record/index.ts';
import { keyOf } from './answers.ts';
import type { Revision } from './assemble.ts';
import type { BundleData } from './bundle-data.ts';
import { bundleDigest } from './digest.ts';
import { type Committed, readCommitted } from './git.ts';
import { gitRoot } from './git-root.ts';
import { type Release, readRelease, type Trust, trustOf } from './release/index.ts';
import { unpackTar } from './tar.ts';
import { readConfig, readTree } from './tree.ts';
import type { Files, Opa, Repository } from './types.ts';

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
    const { makeBundle } = await import('./assemble.ts');
    return makeBundle(folder, full, { ...options, at: approvedAt(source) });
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

/** A repository as its commit holds it, with its version. @throws ExhibitError USAGE, NOT_FOUND, TOOL_FAILED */
export async function readVersion(
  folder: string,
  options: BuildOptions,
): Promise<{ repository: Repository; version: Revision }> {
  const source = await sourceOf(folder, options);
  const { revision, revision_time } = source;
  return {
    repository: await (await import('./repository.ts')).readFiles(
      folder,
      source.files,
      options.opa,
      approvedAt(source),
    ),
    version: { revision, revision_time },
  };
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
