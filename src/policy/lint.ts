import { capabilities, place } from './compile.ts';
import { examplesOf } from './examples.ts';
import { lintExports } from './lint-exports.ts';
import { lintMap } from './lint-map.ts';
import { lintOverrides } from './lint-overrides.ts';
import { lintRegex } from './lint-regex.ts';
import { lintRollout } from './lint-rollout.ts';
import { check, type OpaError } from './opa.ts';
import { isTest, packageRules, regoFiles, rulesOfVerdicts, unformatted, withManifest } from './rego.ts';
import { byPlace } from './repository.ts';
import { RUNTIME_BUILTINS } from './runtime-builtins.ts';
import { STACKS } from './stacks/index.ts';
import { isRegoPolicy } from './styles.ts';
import type { Opa, Policy, Problem, Repository } from './types.ts';

/**
 * Everything that is wrong or missing in a repository, with file and line and what to do: what reading it found, what
 * `opa check --strict` and `opa fmt` say, and what an auditor would miss (tests, examples, controls that are in no framework).
 * @throws ExhibitError TOOL_FAILED
 */
export async function lintRepository(repository: Repository, options: { opa: Opa }): Promise<Problem[]> {
  const all = byPlace([
    ...repository.problems,
    ...repository.policies.flatMap((policy) => lintPolicy(policy, repository)),
    ...repository.policies.flatMap((policy) => lintRollout(policy, namedRules(policy, repository))),
    ...(await lintStacks(repository)),
    ...lintMap(repository),
    ...lintOverrides(repository),
    ...(await lintRego(repository, options.opa)),
    ...(await lintRegex(repository.files)),
    ...(await lintExports(repository, options.opa)),
  ]);
  const seen = new Set<string>();
  return all.filter(({ message, location }) => {
    const key = `${location.file}:${location.line}:${message}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

function problem(
  severity: Problem['severity'],
  rule: string,
  message: string,
  location: Problem['location'],
  hint?: string,
): Problem {
  return { severity, rule, message, location, ...(hint === undefined ? {} : { hint }) };
}

function lintPolicy(policy: Policy, repository: Repository): Problem[] {
  const at = { file: policy.file, line: 1 };
  const out: Problem[] = [];
  const folder = policy.file.slice(0, policy.file.lastIndexOf('/') + 1);
  const beside = [...repository.files.keys()].filter((path) => path.startsWith(folder));
  if (isRegoPolicy(policy) && !beside.some(isTest))
    out.push(problem('error', 'no-test', `${policy.id} has no test`, at, `Write ${folder}policy_test.rego.`));
  if (STACKS.some(({ style, examples }) => style === policy.style && examples === 'none'))
    return [...out, ...lintNoExamples(policy, folder, beside)];
  const examples = examplesOf(repository).filter((example) => example.policy === policy);
  for (const kind of ['good', 'bad'] as const) {
    if (examples.some(({ expected }) => expected === kind)) continue;
    const hint = `Put one into ${folder}examples/${kind}-<what it shows>.json or .yaml.`;
    out.push(problem('error', 'no-example', `${policy.id} has no ${kind} example`, at, hint));
  }
  for (const path of beside.filter((one) => one.startsWith(`${folder}examples/`))) {
    if (!examples.some(({ file }) => file === path))
      out.push(
        problem('warning', 'example-name', 'an example is named good-* or bad-*; this file is not used', {
          file: path,
        }),
      );
  }
  if (!isRegoPolicy(policy)) return out;
  const rules = packageRules(policy, repository.packages);
  for (const rule of policy.style === 'exhibit' ? ['population', 'violations'] : []) {
    if (rules.includes(rule)) continue;
    const hint = 'A policy says what it judged (population) and what is wrong in it (violations).';
    out.push(problem('error', 'no-rule', `${policy.id} has no rule ${rule}`, at, hint));
  }
  return out;
}

/** An example that nothing judges would look like one that was. */
function lintNoExamples({ id }: Policy, folder: string, beside: readonly string[]): Problem[] {
  return beside
    .filter((path) => path.startsWith(`${folder}examples/`))
    .map((path) => problem('warning', 'example', `nothing here judges an example of ${id}`, { file: path }));
}

async function lintStacks({ policies, files }: Repository): Promise<Problem[]> {
  const out: Problem[] = [];
  for (const policy of policies) {
    if (isRegoPolicy(policy)) continue;
    const stack = STACKS.find(({ style }) => style === policy.style);
    out.push(...((await stack?.lint?.(policy, files)) ?? []));
  }
  return out;
}

function namedRules(policy: Policy, { packages }: Repository): string[] {
  return isRegoPolicy(policy) ? rulesOfVerdicts(packageRules(policy, packages), policy.style) : [];
}

async function lintRego(repository: Repository, opa: Opa): Promise<Problem[]> {
  const modules = withManifest(regoFiles(repository.files), repository.rego_v0);
  const own = new Set(
    repository.packages
      .filter(({ style }) => style === 'exhibit' || style === undefined)
      .flatMap(({ files }) => files),
  );
  const plain = await check(opa, modules);
  if (plain.length > 0) return plain.map((error) => problem('error', 'rego', error.message, place(error)));
  const [strict, builtins, format] = await Promise.all([
    check(opa, modules, ['--strict']),
    lintBuiltins(repository, opa),
    lintFormat(repository, opa, own),
  ]);
  return [...strict.map((error) => strictProblem(error, own)), ...builtins, ...format];
}

/** A rule that came from Conftest or Gatekeeper stays as it is, so its style is a remark. */
function strictProblem(error: OpaError, own: ReadonlySet<string>): Problem {
  const file = error.location?.file ?? '';
  return problem(
    own.has(file) || isTest(file) ? 'error' : 'warning',
    'rego-strict',
    error.message,
    place(error),
  );
}

async function lintBuiltins(repository: Repository, opa: Opa): Promise<Problem[]> {
  const modules = new Map([...regoFiles(repository.files)].filter(([path]) => !isTest(path)));
  const old = repository.rego_v0.filter((path) => !isTest(path));
  const caps = await capabilities(opa, RUNTIME_BUILTINS);
  const files = withManifest(modules, old).set('capabilities.json', Buffer.from(caps));
  const errors = await check(opa, files, ['--capabilities', 'capabilities.json']);
  const hint =
    'What a policy may call is the same at every layer, so that it gives the same verdict everywhere.';
  return errors.map((error) =>
    problem('error', 'builtin', `${error.message}: it is not there at run time`, place(error), hint),
  );
}

async function lintFormat(repository: Repository, opa: Opa, own: ReadonlySet<string>): Promise<Problem[]> {
  const modules = [...regoFiles(repository.files)].filter(
    ([path]) => own.has(path) && !repository.rego_v0.includes(path),
  );
  const files = await unformatted(opa, new Map(modules));
  return files.map((file) =>
    problem('warning', 'format', 'the module is not formatted', { file, line: 1 }, 'Run `opa fmt -w`.'),
  );
}
