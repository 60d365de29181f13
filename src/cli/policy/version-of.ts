import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  bundleDigest,
  type Opa,
  openBundle,
  type Repository,
  readCommitted,
  readFiles,
  readRepository,
  type Side,
  unpackTar,
} from '../../policy/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';

/** One version of the policies, from wherever it was named. */
export interface Version {
  named: string;
  kind: 'bundle' | 'commit' | 'folder';
  revision: string;
  digest?: string;
  side: Side;
  /** Errors in a repository: what they hide is not compared. */
  problems: number;
}

/**
 * A bundle (a file), a policy repository as it lies in a folder, or a git revision of the repository. A bundle is read without its
 * signature, since nothing is judged with it.
 * @throws ExhibitError NOT_FOUND, BUNDLE_INVALID
 */
export async function readVersion(
  name: string,
  repository: string,
  opa: Opa,
  { cwd }: Context,
): Promise<Version> {
  const path = resolve(cwd, name);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() === true) return ofBundle(name, await readFile(path));
  if (found?.isDirectory() === true)
    return {
      named: name,
      kind: 'folder',
      revision: 'as it lies there',
      ...sideOf(await readRepository(path, { opa })),
    };
  const committed = await readCommitted(repository, name);
  if (committed === undefined)
    throw new ExhibitError(
      'NOT_FOUND',
      `${JSON.stringify(name)} is no bundle, no folder and no revision of ${repository}.`,
      {
        hint: 'Name a file such as .exhibit/bundle.tar.gz, a tag, a branch or a commit; --repository names the policy repository.',
      },
    );
  const { revision, revision_time, files } = committed;
  const at = revision_time * 1_000;
  return { named: name, kind: 'commit', revision, ...sideOf(await readFiles(repository, files, opa, at)) };
}

function ofBundle(named: string, bytes: Uint8Array): Version {
  const files = unpackTar(bytes);
  const bundle = openBundle(files, { keys: [], allowUnsigned: true });
  const { revision, release, valid_days } = bundle;
  return {
    named,
    kind: 'bundle',
    revision,
    digest: bundleDigest(files),
    side: {
      ...bundle,
      require_signed_tag: release?.require_signed_tag === true,
      ...(valid_days === undefined ? {} : { valid_days }),
    },
    problems: 0,
  };
}

function sideOf(repository: Repository): Pick<Version, 'side' | 'problems'> {
  const { policies, frameworks, control_map, overrides, files, config } = repository;
  return {
    side: {
      ...{ policies, frameworks, control_map, overrides, files },
      lineage: config.name,
      require_signed_tag: config.release?.require_signed_tag === true,
      ...(config.valid_days === undefined ? {} : { valid_days: config.valid_days }),
      asks: config,
    },
    problems: repository.problems.filter(({ severity, rule }) => severity === 'error' && rule !== 'override')
      .length,
  };
}
