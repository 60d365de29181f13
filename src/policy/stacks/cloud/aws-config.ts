import { z } from 'zod';
import type { Problem } from '../../types.ts';
import { parseYaml, type YamlFile } from '../../yaml-file.ts';
import type { Stack } from '../stack.ts';
import { checked, planeProblems, problemAt } from './plane.ts';

/** Longest template in bytes that is given as text (PutConformancePack, TemplateBody). */
const TEMPLATE_LIMIT = 51_200;
/** Longest text of a Guard rule in characters (CustomPolicyDetails, PolicyText). */
const GUARD_LIMIT = 10_000;

const text = z.string().min(1);
/** `{Ref: Name}` or another function of CloudFormation in place of a value. */
const intrinsic = z.record(
  z.string().regex(/^(Ref|Condition|Fn::[A-Za-z]+)$/, 'expected a function such as Ref'),
  z.unknown(),
);
const value = z.union([z.string(), z.number(), z.boolean(), intrinsic]);

const source = z.strictObject({
  Owner: z.enum(['AWS', 'CUSTOM_LAMBDA', 'CUSTOM_POLICY']),
  SourceIdentifier: z.union([text, intrinsic]).optional(),
  SourceDetails: z.array(z.record(z.string(), z.unknown())).min(1).optional(),
  CustomPolicyDetails: z
    .strictObject({
      PolicyRuntime: z.literal('guard-2.x.x', 'expected guard-2.x.x'),
      PolicyText: text.max(GUARD_LIMIT),
      EnableDebugLogDelivery: z.boolean().optional(),
    })
    .optional(),
});
const rule = z.strictObject({
  ConfigRuleName: z.union([text.max(128), intrinsic]).optional(),
  Description: z.string().max(256).optional(),
  InputParameters: z.record(z.string(), value).optional(),
  Scope: z
    .strictObject({
      ComplianceResourceId: text.optional(),
      ComplianceResourceTypes: z.array(text).min(1).optional(),
      TagKey: text.optional(),
      TagValue: text.optional(),
    })
    .optional(),
  MaximumExecutionFrequency: z
    .enum(['One_Hour', 'Three_Hours', 'Six_Hours', 'Twelve_Hours', 'TwentyFour_Hours'])
    .optional(),
  EvaluationModes: z.array(z.unknown()).optional(),
  Source: source,
});
const resource = z.strictObject({
  Type: z.enum(['AWS::Config::ConfigRule', 'AWS::Config::RemediationConfiguration']),
  Properties: z.record(z.string(), z.unknown()),
  Condition: text.optional(),
  DependsOn: z.union([text, z.array(text)]).optional(),
});
const schema = z.strictObject({
  AWSTemplateFormatVersion: text.optional(),
  Description: z.string().optional(),
  Parameters: z.record(z.string(), z.looseObject({ Type: text, Default: z.unknown().optional() })).optional(),
  Mappings: z.record(z.string(), z.unknown()).optional(),
  Conditions: z.record(z.string(), z.unknown()).optional(),
  Resources: z
    .record(z.string(), resource)
    .refine((all) => Object.keys(all).length > 0, 'the pack has no rule'),
});
type Template = z.infer<typeof schema>;

/** Conformance packs of AWS Config: managed rules, and rules in Guard. Nothing judges them here: AWS Config does. */
export const awsConfigStack: Stack = {
  style: 'aws-config',
  main: 'conformance-pack.yaml',
  examples: 'none',
  read(file, files) {
    const yaml = parseYaml(files, file);
    const size = files.get(file)?.length ?? 0;
    const long =
      size <= TEMPLATE_LIMIT
        ? []
        : [
            problemAt(
              yaml,
              [],
              'aws-config',
              `the template has ${size} bytes; ${TEMPLATE_LIMIT} is the most`,
              'Split it.',
            ),
          ];
    return {
      problems: [...long, ...checked(yaml, schema, 'aws-config', (found) => problemsOf(yaml, found))],
    };
  },
  lint: (policy) =>
    planeProblems(
      policy,
      'AWS Config',
      { observe: true, warn: true },
      'it finds what is wrong and blocks nothing',
    ),
  test: async () => [],
};

function problemsOf(yaml: YamlFile, template: Template): Problem[] {
  const out: Problem[] = [];
  const parameters = template.Parameters ?? {};
  for (const [name, parameter] of Object.entries(parameters)) {
    if (parameter.Default === undefined)
      out.push(
        problemAt(
          yaml,
          ['Parameters', name],
          'aws-config',
          `the parameter ${name} has no Default`,
          'What is exported has no other value for it.',
        ),
      );
  }
  const known = new Set([...Object.keys(parameters), ...Object.keys(template.Resources)]);
  const names = new Set<string>();
  let rules = 0;
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    const at = ['Resources', id, 'Properties'];
    for (const { path, name } of references(Properties, at)) {
      if (!known.has(name) && !name.startsWith('AWS::'))
        out.push(
          problemAt(
            yaml,
            path,
            'aws-config',
            `Ref names ${name}, which is no parameter or resource of the pack`,
          ),
        );
    }
    if (Type !== 'AWS::Config::ConfigRule') continue;
    rules += 1;
    const parsed = rule.safeParse(Properties);
    if (!parsed.success) {
      for (const { path, message } of parsed.error.issues)
        out.push(
          problemAt(
            yaml,
            [...at, ...path],
            'aws-config',
            `${[id, ...path.map(String)].join('.')}: ${message}`,
          ),
        );
      continue;
    }
    const name = parsed.data.ConfigRuleName;
    if (typeof name === 'string' && names.has(name))
      out.push(
        problemAt(
          yaml,
          [...at, 'ConfigRuleName'],
          'aws-config',
          `the name ${name} is taken by a rule before`,
        ),
      );
    if (typeof name === 'string') names.add(name);
    const wrong = sourceProblem(parsed.data.Source);
    if (wrong !== undefined) out.push(problemAt(yaml, [...at, 'Source'], 'aws-config', `${id}: ${wrong}`));
  }
  if (rules === 0) out.push(problemAt(yaml, ['Resources'], 'aws-config', 'the pack has no rule'));
  return out;
}

function sourceProblem({
  Owner,
  SourceIdentifier,
  SourceDetails,
  CustomPolicyDetails,
}: z.infer<typeof source>): string | undefined {
  if (Owner === 'CUSTOM_POLICY') {
    if (CustomPolicyDetails === undefined) return 'a rule in Guard has CustomPolicyDetails';
    return SourceDetails === undefined ? 'a rule in Guard says in SourceDetails when it runs' : undefined;
  }
  if (CustomPolicyDetails !== undefined)
    return `CustomPolicyDetails are for the owner CUSTOM_POLICY, not ${Owner}`;
  if (SourceIdentifier === undefined) return 'the rule has no SourceIdentifier';
  if (Owner === 'AWS' && (typeof SourceIdentifier !== 'string' || !/^[A-Z0-9_]+$/.test(SourceIdentifier)))
    return 'a managed rule is named in capitals, such as RDS_STORAGE_ENCRYPTED';
  return undefined;
}

function references(
  node: unknown,
  path: readonly PropertyKey[],
): { path: readonly PropertyKey[]; name: string }[] {
  if (Array.isArray(node)) return node.flatMap((item, i) => references(item, [...path, i]));
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, item]) =>
    key === 'Ref' && typeof item === 'string'
      ? [{ path: [...path, key], name: item }]
      : references(item, [...path, key]),
  );
}
