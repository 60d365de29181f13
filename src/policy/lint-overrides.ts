import type { Problem, Repository } from './types.ts';

/** An address of a Terraform plan: modules, then a type of resource, which holds an underscore. */
const PLAN_ADDRESS = /^(?:module\.|(?:data\.)?[a-z][a-z0-9]*_[a-z0-9_]+\.)/;

/**
 * Overrides that may cover more than they seem to: the address of a plan is an id within one project, and the same one may stand in
 * every other project that is judged with these policies.
 */
export function lintOverrides({ written_overrides }: Pick<Repository, 'written_overrides'>): Problem[] {
  return written_overrides.flatMap(({ file, override: { id, scope } }) => {
    const address = scope.subjects?.find((subject) => PLAN_ADDRESS.test(subject));
    const judged = scope.layers?.some((layer) => layer === 'pre-commit' || layer === 'ci') !== false;
    if (address === undefined || scope.repositories !== undefined || !judged) return [];
    return [
      {
        severity: 'warning',
        rule: 'override-scope',
        message: `the override ${id} is for the plan address ${address} in every repository that is judged with these policies`,
        location: { file, line: 1 },
        hint: 'Name the repository in its scope, such as repositories: [github.com/example/shop].',
      },
    ];
  });
}
