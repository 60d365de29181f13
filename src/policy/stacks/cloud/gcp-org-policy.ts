import { z } from 'zod';
import type { Files, Problem, StackPolicy } from '../../types.ts';
import { conform, parseYaml, type YamlFile } from '../../yaml-file.ts';
import type { Stack } from '../stack.ts';
import { checked, planeProblems, problemAt } from './plane.ts';

const text = z.string().min(1);
const NAME =
  /^(?:organizations\/\d+|folders\/\d+|projects\/[a-z0-9-]+)\/policies\/((?:custom\.[A-Za-z0-9]+)|(?:[a-z][a-zA-Z0-9]*(?:\.managed)?\.[a-z][A-Za-z0-9]*))$/;

const rule = z.strictObject({
  enforce: z.boolean().optional(),
  allowAll: z.boolean().optional(),
  denyAll: z.boolean().optional(),
  values: z
    .strictObject({
      allowedValues: z.array(text).min(1).optional(),
      deniedValues: z.array(text).min(1).optional(),
    })
    .refine((one) => Object.keys(one).length > 0, 'expected allowedValues or deniedValues')
    .optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  condition: z
    .strictObject({
      expression: text,
      title: text.optional(),
      description: text.optional(),
      location: text.optional(),
    })
    .optional(),
});
const spec = z.strictObject({
  rules: z.array(rule).optional(),
  inheritFromParent: z.boolean().optional(),
  reset: z.boolean().optional(),
});
const schema = z.strictObject({
  name: text.regex(
    NAME,
    'expected organizations/NUMBER/policies/CONSTRAINT, such as iam.disableServiceAccountKeyCreation',
  ),
  spec: spec.optional(),
  dryRunSpec: spec.optional(),
});
/** A policy as `gcloud org-policies set-policy` reads it. */
export type GcpPolicy = z.infer<typeof schema>;
export type GcpSpec = z.infer<typeof spec>;

/** Organisation policies of Google Cloud. Nothing judges them here: its Organization Policy Service does. */
export const gcpOrgPolicyStack: Stack = {
  style: 'gcp-org-policy',
  main: 'gcp-org-policy.yaml',
  examples: 'none',
  read(file, files) {
    const yaml = parseYaml(files, file);
    return { problems: checked(yaml, schema, 'gcp-org-policy', (value) => problemsOf(yaml, value)) };
  },
  lint(policy, files) {
    const plane = planeProblems(policy, 'Google Cloud', { enforce: true, observe: true, warn: true }, '');
    return [...plane, ...modeProblems(policy, files)];
  },
  test: async () => [],
};

/** The policy of a file that was read without problems. */
export function gcpPolicy(files: Files, file: string): GcpPolicy | undefined {
  return conform(parseYaml(files, file), schema, 'gcp-org-policy').value;
}

/** `iam.disableServiceAccountKeyCreation` of a policy's name. */
export function constraintOf({ name }: GcpPolicy): string {
  return NAME.exec(name)?.[1] ?? '';
}

function problemsOf(yaml: YamlFile, policy: GcpPolicy): Problem[] {
  if (policy.spec === undefined && policy.dryRunSpec === undefined)
    return [problemAt(yaml, [], 'gcp-org-policy', 'the policy has neither spec nor dryRunSpec')];
  return (['spec', 'dryRunSpec'] as const).flatMap((key) => {
    const found = policy[key];
    return found === undefined ? [] : specProblems(yaml, key, found);
  });
}

function specProblems(
  yaml: YamlFile,
  key: string,
  { rules = [], reset, inheritFromParent }: GcpSpec,
): Problem[] {
  const say = (path: readonly PropertyKey[], message: string): Problem =>
    problemAt(yaml, [key, ...path], 'gcp-org-policy', message);
  if (reset === true)
    return rules.length > 0 || inheritFromParent === true
      ? [say([], 'a policy that resets has no rules and inherits nothing')]
      : [];
  if (rules.length === 0) return [say([], 'the policy has no rule')];
  const out: Problem[] = [];
  const boolean = rules.some(({ enforce }) => enforce !== undefined);
  for (const [i, each] of rules.entries()) {
    const said = (['enforce', 'allowAll', 'denyAll', 'values'] as const).filter(
      (one) => each[one] !== undefined,
    );
    if (said.length !== 1)
      out.push(say(['rules', i], 'a rule has one of enforce, allowAll, denyAll and values'));
    else if (boolean && said[0] !== 'enforce')
      out.push(say(['rules', i], 'rules with enforce and rules with values do not stand together'));
    if (each.parameters !== undefined && each.enforce === undefined)
      out.push(say(['rules', i, 'parameters'], 'parameters are for a rule with enforce'));
  }
  const open = rules.filter(({ condition }) => condition === undefined);
  if (boolean && open.length !== 1)
    out.push(say(['rules'], 'a policy with enforce has one rule without a condition, and no second one'));
  if (boolean && inheritFromParent !== undefined)
    out.push(say(['inheritFromParent'], 'inheritFromParent is for constraints with values'));
  return out;
}

/** `spec` is in force, `dryRunSpec` only writes down what it would deny. */
function modeProblems({ id, file, layers }: StackPolicy, files: Files): Problem[] {
  const policy = gcpPolicy(files, file);
  const mode = layers.runtime;
  if (policy === undefined || mode === undefined) return [];
  const needed = mode === 'enforce' ? 'spec' : 'dryRunSpec';
  const wrong = mode === 'enforce' ? policy.spec === undefined : policy.spec !== undefined;
  if (!wrong) return [];
  const message = `${id} says ${mode}, for which the policy has ${needed}${mode === 'enforce' ? '' : ' and no spec'}`;
  return [{ severity: 'error', rule: 'mode', message, location: { file, line: 1 } }];
}
