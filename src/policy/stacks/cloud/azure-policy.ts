import { z } from 'zod';
import { parseJsonFile } from '../../json-file.ts';
import type { Files, Problem, StackPolicy } from '../../types.ts';
import { conform, type YamlFile } from '../../yaml-file.ts';
import type { Stack } from '../stack.ts';
import { conditionProblems } from './azure-condition.ts';
import { checked, planeProblems, problemAt } from './plane.ts';

/** Effects by what they do, in lower case: Azure takes any case. */
const BLOCKING: readonly string[] = ['deny', 'denyaction', 'modify', 'append', 'deployifnotexists', 'mutate'];
const LOOKING: readonly string[] = ['audit', 'auditifnotexists', 'manual'];
const EFFECTS: readonly string[] = [...BLOCKING, ...LOOKING, 'disabled', 'addtonetworkgroup'];

const text = z.string().min(1);
const parameter = z.strictObject({
  type: z.enum(['String', 'Array', 'Object', 'Boolean', 'Integer', 'Float', 'DateTime']),
  metadata: z.record(z.string(), z.unknown()).optional(),
  allowedValues: z.array(z.unknown()).min(1).optional(),
  defaultValue: z.unknown().optional(),
  schema: z.unknown().optional(),
});
const schema = z.strictObject({
  name: text.optional(),
  id: text.optional(),
  type: text.optional(),
  properties: z.strictObject({
    displayName: text.max(128),
    description: z.string().max(512).optional(),
    policyType: z.literal('Custom', 'expected Custom').optional(),
    mode: z.union([
      z.enum(['All', 'Indexed']),
      z.string().regex(/^Microsoft\.[A-Za-z.]+$/, 'expected All, Indexed or Microsoft.<provider>.Data'),
    ]),
    version: text.optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
    parameters: z.record(z.string(), parameter).optional(),
    policyRule: z.strictObject({
      if: z.record(z.string(), z.unknown()),
      // biome-ignore lint/suspicious/noThenProperty: the name that Azure gave it
      then: z.strictObject({ effect: text, details: z.unknown().optional() }),
    }),
  }),
});
/** An Azure Policy definition, as `az policy definition show` prints it. */
export type AzureDefinition = z.infer<typeof schema>;

/** Custom definitions of Azure Policy. Nothing judges them here: Azure Resource Manager does. */
export const azurePolicyStack: Stack = {
  style: 'azure-policy',
  main: 'azure-policy.json',
  examples: 'none',
  read(file, files) {
    const json = parseJsonFile(files, file);
    return { problems: checked(json, schema, 'azure-policy', (value) => problemsOf(json, value)) };
  },
  lint(policy, files) {
    const why = 'it has no effect for it';
    const plane = planeProblems(policy, 'Azure Policy', { enforce: true, observe: true, warn: true }, why);
    return [...plane, ...modeProblems(policy, files)];
  },
  test: async () => [],
};

function problemsOf(json: YamlFile, { properties }: AzureDefinition): Problem[] {
  const { parameters = {}, policyRule } = properties;
  const at = ['properties', 'policyRule'];
  const out = conditionProblems(json, policyRule.if, [...at, 'if']);
  const used = new Set(
    [...JSON.stringify(policyRule).matchAll(/parameters\('([^']+)'\)/g)].map(([, name = '']) => name),
  );
  const say = (path: readonly PropertyKey[], message: string, hint?: string): void => {
    out.push(problemAt(json, path, 'azure-policy', message, hint));
  };
  for (const name of used) {
    if (!Object.hasOwn(parameters, name))
      say(at, `the rule names the parameter ${name}, which is not defined`);
  }
  for (const [name, { allowedValues, defaultValue }] of Object.entries(parameters)) {
    const path = ['properties', 'parameters', name];
    if (!used.has(name)) say(path, `the parameter ${name} is not used by the rule`);
    if (defaultValue === undefined)
      say(path, `the parameter ${name} has no defaultValue`, 'What is exported has no other value for it.');
    else if (
      allowedValues !== undefined &&
      !allowedValues.some((one) => JSON.stringify(one) === JSON.stringify(defaultValue))
    )
      say(path, `the defaultValue of ${name} is not among its allowedValues`);
  }
  const effects = effectsOf(properties);
  for (const effect of effects) {
    if (!EFFECTS.includes(effect.toLowerCase()))
      say([...at, 'then', 'effect'], `${effect} is no effect of Azure Policy`);
  }
  return out;
}

/** Effects that the definition can have, the one it has without a choice first. */
function effectsOf({ policyRule, parameters = {} }: AzureDefinition['properties']): string[] {
  const { effect } = policyRule.then;
  const [, name] = /^\[\s*parameters\('([^']+)'\)\s*\]$/.exec(effect) ?? [];
  if (name === undefined) return [effect];
  const { defaultValue, allowedValues = [] } = parameters[name] ?? {};
  return [defaultValue, ...allowedValues].filter((one) => typeof one === 'string');
}

function modeProblems({ id, file, layers }: StackPolicy, files: Files): Problem[] {
  const { value } = conform(parseJsonFile(files, file), schema, 'azure-policy');
  const effect = value === undefined ? undefined : effectsOf(value.properties)[0]?.toLowerCase();
  if (effect === undefined || layers.runtime !== 'enforce' || BLOCKING.includes(effect)) return [];
  const message = `${id} says enforce, and its effect is ${effect}, which stops nothing`;
  const hint = 'Use an effect that does, such as deny, or write observe.';
  return [{ severity: 'error', rule: 'mode', message, location: { file, line: 1 }, hint }];
}
