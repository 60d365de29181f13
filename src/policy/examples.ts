import { type InputDocument, parseInput } from '../inputs/index.ts';
import { answersOf, type Case, type Example } from './example-answers.ts';
import {
  DOCUMENT,
  difference,
  type ExampleVerdict,
  type Failing,
  type JudgeExamples,
  verdictsOf,
} from './example-verdicts.ts';
import { judgesKind } from './kinds.ts';
import { isRegoPolicy } from './styles.ts';
import type { ExampleResult, Opa, RegoPolicy, Repository } from './types.ts';

/** Examples by the names of their files: `<folder of the policy>/examples/{good,bad}-*`. */
export function examplesOf(repository: Repository): Example[] {
  return repository.policies.flatMap((policy) => {
    const folder = `${policy.file.slice(0, policy.file.lastIndexOf('/'))}/examples/`;
    const names = [...repository.files.keys()].filter((path) => path.startsWith(folder)).sort();
    return names.flatMap((file) => {
      const expected = /^(good|bad)-/.exec(file.slice(folder.length))?.[1];
      return expected === 'good' || expected === 'bad' ? [{ policy, file, expected }] : [];
    });
  });
}

const IN_ERROR = 'the policy is in error: ';

export interface ExamplesReport {
  examples: ExampleResult[];
  /** Why the examples could not be judged with a bundle. */
  failures: string[];
}

/**
 * Judges every example with the real OPA, on the same parsed input as the engine gets, and, where `judge` is given, with the
 * bundle of the repository: both must say the same of every subject.
 */
export async function runExamples(
  repository: Repository,
  options: { opa: Opa; judge?: JudgeExamples },
): Promise<ExamplesReport> {
  const results: ExampleResult[] = [];
  const cases: Case[] = [];
  for (const { policy, ...rest } of examplesOf(repository)) {
    if (!isRegoPolicy(policy)) continue;
    const example = { policy, ...rest };
    const parsed = parseInput(example.file, repository.files.get(example.file) ?? new Uint8Array());
    const problem = parsed.problems[0]?.error.message ?? wrongKind(policy, parsed.documents);
    if (problem === undefined) cases.push(...parsed.documents.map((document) => ({ example, document })));
    else results.push({ ...named(example), ok: false, message: problem, subjects: 0 });
  }
  const said = await answersOf(repository, cases, options.opa);
  const verdicts = await bundleVerdicts(repository, cases, options);
  const byFile = Map.groupBy(cases.keys(), (i) => cases[i]?.example.file ?? '');
  for (const indices of byFile.values()) {
    const example = cases[indices[0] ?? 0]?.example;
    if (example === undefined) continue;
    const found = judge(
      example,
      indices.map((i) => said[i]),
    );
    const other =
      typeof verdicts === 'string' ? undefined : indices.map((i) => differs(cases[i], said[i], verdicts[i]));
    const message = other?.find((one) => one !== undefined);
    const inError = !found.ok && found.message.startsWith(IN_ERROR);
    results.push(message === undefined || inError ? found : { ...found, ok: false, message });
  }
  return {
    examples: results.sort((a, b) => (a.file < b.file ? -1 : 1)),
    failures: typeof verdicts === 'string' ? [verdicts] : [],
  };
}

async function bundleVerdicts(
  repository: Repository,
  cases: readonly Case[],
  { opa, judge }: { opa: Opa; judge?: JudgeExamples },
): ReturnType<typeof verdictsOf> {
  if (judge === undefined || cases.length === 0) return [];
  const documents = cases.map(({ example, document }) => ({ policy: example.policy, document }));
  return verdictsOf(repository, documents, { opa, judge });
}

function differs(
  one: Case | undefined,
  said: unknown,
  verdicts: readonly ExampleVerdict[] | undefined,
): string | undefined {
  if (one === undefined || verdicts === undefined) return undefined;
  return difference(one.example.policy, failingOf(one.example.policy, said), verdicts);
}

/** What fails by the rules' own values. */
function failingOf(policy: RegoPolicy, said: unknown): Failing {
  const rules = (said ?? {}) as Record<string, unknown>;
  if (policy.style !== 'exhibit') return new Set(violationsOf(policy, rules).length > 0 ? [DOCUMENT] : []);
  const subjects = listed(rules.violations).map((one) => (one as { subject?: unknown } | null)?.subject);
  return new Set(subjects.map(String));
}

function wrongKind(policy: RegoPolicy, documents: readonly InputDocument[]): string | undefined {
  const kinds = new Set(documents.map((document) => document.kind));
  if (policy.style === 'gatekeeper' || [...kinds].some((kind) => judgesKind(policy, kind))) return undefined;
  return `it is read as ${[...kinds].join(', ')}, which the policy does not judge (it judges ${policy.inputs.join(', ')})`;
}

const named = ({ policy, file, expected }: Example) => ({ policy_id: policy.id, file, expected });

/** @param said per document: object from rule to value, or an error */
function judge(example: Case['example'], said: readonly unknown[]): ExampleResult {
  const messages: string[] = [];
  let subjects = 0;
  for (const answer of said) {
    const rules =
      answer instanceof Error || answer === undefined ? undefined : (answer as Record<string, unknown>);
    const broken =
      rules === undefined
        ? String((answer as Error | undefined)?.message ?? 'undefined')
        : undefinedRule(example.policy, rules);
    if (broken !== undefined)
      return { ...named(example), ok: false, message: `${IN_ERROR}${broken}`, subjects };
    subjects += listed(rules?.population).length;
    messages.push(...violationsOf(example.policy, rules ?? {}));
  }
  const [first = ''] = messages;
  if (example.expected === 'good')
    return { ...named(example), ok: messages.length === 0, message: first, subjects };
  const found = messages.length > 0;
  return { ...named(example), ok: found, message: found ? first : 'nothing in it fails', subjects };
}

function undefinedRule(policy: RegoPolicy, rules: Record<string, unknown>): string | undefined {
  const needed =
    policy.style === 'exhibit'
      ? ['population', 'violations']
      : policy.style === 'gatekeeper'
        ? ['violation']
        : [];
  const missing = needed.find((rule) => rules[rule] === undefined);
  return missing === undefined ? undefined : `its rule ${missing} is undefined`;
}

function violationsOf(policy: RegoPolicy, rules: Record<string, unknown>): string[] {
  if (policy.style === 'exhibit') return listed(rules.violations).map(textOf);
  const excepted = new Set(listed(rules.exception).flat());
  return Object.entries(rules).flatMap(([rule, value]) => {
    const [, kind, suffix = ''] = /^(deny|violation|warn)(?:_(.+))?$/.exec(rule) ?? [];
    return kind === undefined || excepted.has(suffix) ? [] : listed(value).map(textOf);
  });
}

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function textOf(violation: unknown): string {
  const { message, msg } = (typeof violation === 'object' && violation !== null ? violation : {}) as Record<
    string,
    unknown
  >;
  return String(message ?? msg ?? (typeof violation === 'string' ? violation : JSON.stringify(violation)));
}
