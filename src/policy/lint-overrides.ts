import type { Problem, Repository, WrittenOverride } from './types.ts';

/** An address of a Terraform plan: modules, then a type of resource, which holds an underscore. */
const PLAN_ADDRESS = /^(?:module\.|(?:data\.)?[a-z][a-z0-9]*_[a-z0-9_]+\.)/;

/** What overrides seem to be and may not be: approved, and for one project. */
export function lintOverrides({ written_overrides }: Pick<Repository, 'written_overrides'>): Problem[] {
  return [...unchecked(written_overrides), ...wide(written_overrides)];
}

/** An approver who is a name in a file: nobody can tell afterwards that they agreed. */
function unchecked(written: readonly WrittenOverride[]): Problem[] {
  return written.flatMap(({ file, override: { id, approver, approval } }) =>
    approval !== undefined
      ? []
      : [
          {
            severity: 'warning',
            rule: 'override-approval',
            message: `the override ${id} names ${approver} as its approver, and nothing shows that they approved it`,
            location: { file, line: 1 },
            hint: 'Set overrides.approval in exhibit.yaml to codeowners or signature, or let them sign it: exhibit override approve.',
          },
        ],
  );
}

/** The address of a plan is an id within one project, and may stand in every other one that is judged with these policies. */
function wide(written: readonly WrittenOverride[]): Problem[] {
  return written.flatMap(({ file, override: { id, scope } }) => {
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
