import type { z } from 'zod';
import type { InputDocument } from '../../inputs/index.ts';
import type { Policy } from '../../policy/index.ts';
import type { JudgedStatement, Judgement, Subject } from '../types.ts';
import { emptyJudgement, malformed } from './outcome.ts';
import {
  quickSubject,
  quickUnknown,
  quickViolation,
  type Statement,
  subjectSchema,
  unknownSchema,
  violationSchema,
} from './statement.ts';
import { byId } from './subject.ts';

/** How an element is read: by a quick look, and by the schema where that leaves it. */
interface Reading {
  quick: (item: unknown) => Statement | undefined;
  schema: z.ZodType;
}
const VIOLATION: Reading = { quick: quickViolation, schema: violationSchema };
const UNKNOWN: Reading = { quick: quickUnknown, schema: unknownSchema };

const CONTRACT =
  'population: {id, type, name}; violations: {subject, message, path?, fix?}, where subject is in the population.';

/**
 * Verdicts from `population`, `violations` and `unknowns`: in the population and not violated is a pass.
 * @param result what the policy's rules gave, as JSON; a rule that is undefined is missing in it
 * @throws ExhibitError ENGINE_ERROR when a rule is undefined or does not keep the contract; nothing of it counts then
 */
export function judgeExhibit(policy: Policy, document: InputDocument, result: unknown): Judgement[] {
  const rules = (result ?? {}) as { population?: unknown; violations?: unknown; unknowns?: unknown };
  const population = readPopulation(rules.population);
  const violated = readStatements('violations', rules.violations, VIOLATION, population);
  const unknown =
    rules.unknowns === undefined
      ? new Map<string, Statement[]>()
      : readStatements('unknowns', rules.unknowns, UNKNOWN, population);
  if (population.size === 0) return [emptyJudgement(policy, document)];
  return [...population.values()].sort(byId).map((subject) => {
    const base = { policy_id: policy.id, rule_id: policy.id, severity: policy.severity, subject };
    const violations = violated.get(subject.id);
    if (violations !== undefined) return { ...base, verdict: 'fail', ...merge(violations) };
    const unknowns = unknown.get(subject.id);
    if (unknowns !== undefined) return { ...base, verdict: 'not_evaluated', ...merge(unknowns) };
    return { ...base, verdict: 'pass' };
  });
}

function readPopulation(value: unknown): Map<string, Subject> {
  if (value === undefined) throw malformed('the rule population is undefined', CONTRACT);
  const population = new Map<string, Subject>();
  for (const item of list('population', value)) {
    const { environment, ...subject } = quickSubject(item) ?? slowSubject(item);
    if (population.has(subject.id))
      throw malformed(
        `two subjects of the population have the id ${subject.id}`,
        'Give each subject its own id.',
      );
    population.set(subject.id, environment === undefined ? subject : { ...subject, environment });
  }
  return population;
}

function slowSubject(item: unknown): z.infer<typeof subjectSchema> {
  const parsed = subjectSchema.safeParse(item);
  if (parsed.success) return parsed.data;
  throw malformed(`a subject of the population is malformed: ${issue(parsed.error)}`, CONTRACT);
}

function readStatements(
  rule: string,
  value: unknown,
  reading: Reading,
  population: ReadonlyMap<string, Subject>,
): Map<string, Statement[]> {
  if (value === undefined) throw malformed(`the rule ${rule} is undefined`, CONTRACT);
  const statements = new Map<string, Statement[]>();
  for (const item of list(rule, value)) {
    const statement = reading.quick(item) ?? slowStatement(rule, item, reading.schema);
    if (!population.has(statement.subject))
      throw malformed(`${rule} names ${statement.subject}, which is not in the population`, CONTRACT);
    statements.set(statement.subject, [...(statements.get(statement.subject) ?? []), statement]);
  }
  return statements;
}

function slowStatement(rule: string, item: unknown, schema: z.ZodType): Statement {
  const parsed = schema.safeParse(item);
  if (parsed.success) return parsed.data as Statement;
  throw malformed(`an element of ${rule} is malformed: ${issue(parsed.error)}`, CONTRACT);
}

function list(rule: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw malformed(`the rule ${rule} is not a set`, CONTRACT);
}

/** Several statements about one subject are one judgement: the first in the order of messages, the rest in details. */
function merge(
  statements: readonly Statement[],
): Pick<Judgement, 'message' | 'path' | 'fix' | 'details' | 'statements'> {
  const key = (statement: Statement): string =>
    `${statement.message}\0${JSON.stringify(statement.path ?? [])}`;
  const ordered = [...statements].sort((a, b) => (key(a) < key(b) ? -1 : Number(key(a) > key(b))));
  const [first] = ordered;
  if (first === undefined) return {};
  const { message, path: at, fix, details } = first;
  const all =
    ordered.length === 1
      ? undefined
      : ordered.map((each) => ({
          message: each.message,
          ...(each.path === undefined ? {} : { path: each.path }),
        }));
  return {
    message,
    ...(at === undefined ? {} : { path: at }),
    ...(fix === undefined ? {} : { fix }),
    ...(details === undefined && all === undefined
      ? {}
      : { details: { ...details, ...(all === undefined ? {} : { violations: all }) } }),
    ...(ordered.length === 1 && first.edit === undefined ? {} : { statements: ordered.map(stated) }),
  };
}

function stated({ message, path: at, fix, edit }: Statement): JudgedStatement {
  return {
    message,
    ...(at === undefined ? {} : { path: at }),
    ...(fix === undefined ? {} : { fix }),
    ...(edit === undefined ? {} : { edit }),
  };
}

const issue = (error: z.ZodError): string => {
  const [first] = error.issues;
  return first === undefined ? 'wrong' : `${first.path.join('.') || 'value'}: ${first.message}`;
};
