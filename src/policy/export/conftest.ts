import { verdictRules } from '../rego.ts';
import { isRegoPolicy } from '../styles.ts';
import type { Override, Policy, RegoPolicy, Repository } from '../types.ts';
import { HELPERS, wrapperOf } from './conftest-rego.ts';
import { sortOut } from './left-out.ts';
import { overrideModule } from './override-rego.ts';
import { closureOf, type Module, movedBelow, OLD } from './rego-closure.ts';
import type { Exported, ExportedOverrides, ExportFormat } from './types.ts';

const ROOT = 'policy';
/** Where a package `main` goes, since Conftest asks the rules of that name itself. */
const MAIN = 'exhibit.conftest_policies';

/** A folder for `conftest test --policy`: the rules as they are, and for each policy a rule `deny_` and `warn_` in `main`. */
export const conftest: ExportFormat = {
  name: 'conftest',
  summary: 'a folder for `conftest test --policy`, overrides with their sunset included',
  make({ repository }): Exported {
    const { carried, left_out } = sortOut<RegoPolicy>(repository.policies, (policy) =>
      why(policy, repository),
    );
    const ids = carried.map(({ id }) => id);
    const files = new Map<string, Uint8Array>();
    const put = (path: string, text: string) => files.set(`${ROOT}/${path}`, Buffer.from(text));
    for (const policy of carried) {
      for (const { path, text } of modulesOf(policy, repository)) put(path, text);
      put(`exhibit/main/${policy.id}.rego`, wrapperOf(policy, nameOf(policy), rulesOf(policy, repository)));
    }
    const { overrides, applied } = sortOverrides(repository.overrides, ids);
    put('exhibit/conftest.rego', HELPERS);
    put('exhibit/overrides.rego', overrideModule('exhibit.overrides', applied));
    return { files, policies: ids, left_out, overrides };
  },
};

function why(policy: Policy, repository: Repository): string | undefined {
  if (!isRegoPolicy(policy)) return `its rules are of style ${policy.style}, not Rego`;
  const closure = closureOf(policy, repository);
  if (typeof closure === 'string') return closure;
  if (closure.version === 'v0') return OLD;
  if ([...closure.own, ...closure.libraries].some(({ text }) => /\bis_array\(input\)/.test(text)))
    return 'it judges a list as a whole as well, which Conftest takes apart';
  return undefined;
}

function modulesOf(policy: RegoPolicy, repository: Repository): Module[] {
  const closure = closureOf(policy, repository);
  if (typeof closure === 'string') throw new TypeError(closure);
  return movedBelow(MAIN, [...closure.libraries, ...closure.own], (name) => name === 'main');
}

const nameOf = (policy: RegoPolicy): string => (policy.package === 'main' ? `${MAIN}.main` : policy.package);

function rulesOf(policy: RegoPolicy, { packages }: Repository): string[] {
  return verdictRules(packages.find(({ name }) => name === policy.package)?.rules ?? [], policy.style);
}

function sortOverrides(
  all: readonly Override[],
  policies: readonly string[],
): { overrides: ExportedOverrides; applied: Override[] } {
  const reason = (override: Override): string | undefined => {
    if (!policies.includes(override.policy)) return 'its policy is not in this export';
    if (override.scope.files !== undefined) return 'Conftest does not say under which name a file was given';
    return undefined;
  };
  const applied = all.filter((override) => reason(override) === undefined);
  const left_out = all.flatMap((override) => {
    const said = reason(override);
    return said === undefined ? [] : [{ override: override.id, reason: said }];
  });
  return { overrides: { carried: applied.map(({ id }) => id).sort(), left_out }, applied };
}
