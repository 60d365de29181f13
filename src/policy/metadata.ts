import { z } from 'zod';
import type { Location } from '../record/index.ts';
import { describe } from './issue.ts';
import type { OpaAnnotation } from './opa.ts';
import { isTest, type RegoModules } from './rego.ts';
import { metadataFields } from './schema.ts';
import type { Statement } from './stacks/index.ts';
import type { Files, Problem, RegoPackage, RegoPolicy } from './types.ts';
import { parseYaml } from './yaml-file.ts';

const title = z.string().trim().min(1).max(256);
const description = z.string().trim().min(1).max(4_096);
const schema = z.strictObject({ ...metadataFields, title, description });

/** The policies among a repository's Rego packages, and what their metadata lacks. */
export function readPolicies(
  rego: RegoModules,
  files: Files,
  folders: readonly string[],
): { policies: RegoPolicy[]; problems: Problem[] } {
  const policies: RegoPolicy[] = [];
  const problems: Problem[] = [];
  for (const unit of rego.packages) {
    const file = unit.files[0] ?? '';
    if (!folders.some((folder) => file.startsWith(`${folder}/`))) continue;
    const outcome = readPolicy(unit, file, statementOf(unit, rego, files, problems));
    if (outcome.policy !== undefined) policies.push(outcome.policy);
    problems.push(...outcome.problems);
  }
  return { policies, problems };
}

function readPolicy(
  unit: RegoPackage,
  file: string,
  statement: Statement | undefined,
): { policy?: RegoPolicy; problems: Problem[] } {
  const wrong = (rule: string, message: string, location: Location, hint?: string): Problem => ({
    severity: 'error',
    rule,
    message,
    location,
    ...(hint === undefined ? {} : { hint }),
  });
  if (statement === undefined) {
    if (unit.style === undefined) return { problems: [] };
    const hint =
      'Write custom.exhibit into the # METADATA of the package, or a policy.yaml beside a rule that must stay as it is.';
    return {
      problems: [
        wrong('metadata', `package ${unit.name} has no metadata for Exhibit`, { file, line: 1 }, hint),
      ],
    };
  }
  const parsed = schema.safeParse(statement.value);
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.map((issue) =>
        wrong('metadata', describe(issue), statement.locate(issue.path)),
      ),
    };
  }
  const { style: stated, parameters, ...fields } = parsed.data;
  const style = stated ?? unit.style;
  if (style === undefined) {
    const message = `package ${unit.name} has no rule that judges: population and violations, or deny, violation or warn`;
    return { problems: [wrong('no-rule', message, statement.locate([]))] };
  }
  return {
    policy: {
      ...fields,
      ...(parameters === undefined ? {} : { parameters }),
      style,
      package: unit.name,
      file,
    },
    problems: [],
  };
}

/** Where the metadata of a package stands: `policy.yaml` beside it, else its annotation. */
function statementOf(
  unit: RegoPackage,
  rego: RegoModules,
  files: Files,
  problems: Problem[],
): Statement | undefined {
  for (const file of unit.files) {
    const side = `${file.slice(0, file.lastIndexOf('/'))}/policy.yaml`;
    if (!files.has(side)) continue;
    const yaml = parseYaml(files, side);
    problems.push(...yaml.problems);
    const { package: of, ...value } = (yaml.value ?? {}) as Record<string, unknown>;
    if (of === undefined || of === unit.name) return { value, locate: yaml.locate };
  }
  const own = rego.annotations.filter((annotation) => isOf(annotation, unit));
  const found = own.find((annotation) => annotation.annotations.custom.exhibit !== undefined);
  return found === undefined ? undefined : fromAnnotation(found, files);
}

function isOf({ annotations: { scope }, path, location }: OpaAnnotation, unit: RegoPackage): boolean {
  const name = path
    .slice(1)
    .map((term) => String(term.value))
    .join('.');
  return scope === 'package' && name === unit.name && !isTest(location.file);
}

function fromAnnotation({ annotations, location }: OpaAnnotation, files: Files): Statement {
  const { exhibit } = annotations.custom;
  const value = { ...(typeof exhibit === 'object' ? exhibit : {}) } as Record<string, unknown>;
  // YAML reads a bare day as an instant; OPA passes that on.
  if (value.since !== undefined) value.since = bareDay(value.since);
  if (Array.isArray(value.rollout)) value.rollout = value.rollout.map(withBareDay);
  const { title, description } = annotations;
  const stated = { ...(title === '' ? {} : { title }), ...(description === '' ? {} : { description }) };
  return {
    value: { ...value, ...stated },
    locate: (path) => ({ file: location.file, line: lineOf(files, location, path) }),
  };
}

function withBareDay(stage: unknown): unknown {
  const isStage = typeof stage === 'object' && stage !== null && 'from' in stage;
  return isStage ? { ...stage, from: bareDay(stage.from) } : stage;
}

function bareDay(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/T00:00:00Z$/, '') : value;
}

/** The line in the comment block that names a field; the package's line where none does. */
function lineOf(files: Files, location: { file: string; row: number }, path: readonly PropertyKey[]): number {
  const lines = Buffer.from(files.get(location.file) ?? '')
    .toString('utf8')
    .split('\n');
  const key = path.find((part) => typeof part === 'string');
  let found = location.row;
  for (let row = location.row - 1; row >= 1 && (lines[row - 1] ?? '').startsWith('#'); row -= 1) {
    const words = (lines[row - 1] ?? '').replace(/^#[\s-]*/, '');
    if (typeof key === 'string' && words.startsWith(`${key}:`)) found = row;
  }
  return found;
}
