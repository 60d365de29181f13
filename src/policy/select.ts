import { dirname } from 'node:path/posix';
import { ExhibitError } from '../record/index.ts';
import { suggest } from './suggest.ts';
import type { Policy, Repository } from './types.ts';

/**
 * A repository with some of its policies only: the folders of the others are left out, with their modules, tests and examples. What
 * policies share stays. Compiling and testing one policy takes seconds, where all take a minute.
 * @throws ExhibitError NOT_FOUND for an id that no policy has
 */
export function selectPolicies(repository: Repository, ids: readonly string[]): Repository {
  const chosen = ids.map((id) => findPolicy(repository.policies, id));
  const kept = new Set(chosen.map(({ file }) => dirname(file)));
  const dropped = repository.policies.map(({ file }) => dirname(file)).filter((folder) => !kept.has(folder));
  const stays = (path: string) => !dropped.some((folder) => path.startsWith(`${folder}/`));
  return {
    ...repository,
    policies: repository.policies.filter(({ file }) => kept.has(dirname(file))),
    packages: repository.packages
      .map((unit) => ({ ...unit, files: unit.files.filter(stays) }))
      .filter(({ files }) => files.length > 0),
    rego_v0: repository.rego_v0.filter(stays),
    problems: repository.problems.filter(
      ({ location }) => location.file === undefined || stays(location.file),
    ),
    files: new Map([...repository.files].filter(([path]) => stays(path))),
  };
}

/** The policy with an id. @throws ExhibitError NOT_FOUND, with the id that is near */
export function findPolicy(policies: readonly Policy[], id: string): Policy {
  const found = policies.find((policy) => policy.id === id);
  if (found !== undefined) return found;
  const near = suggest(
    id,
    policies.map((policy) => policy.id),
  );
  throw new ExhibitError('NOT_FOUND', `there is no policy ${id}`, {
    hint: near === undefined ? 'exhibit policy list shows them all.' : `Is ${near} meant?`,
  });
}
