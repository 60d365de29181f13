import { type InputDocument, parseInput } from '../inputs/index.ts';
import { isExhibitError } from '../record/index.ts';
import { ENTRY_FILE, entryModule } from './entry.ts';
import { reviewInput } from './gatekeeper.ts';
import { evaluate } from './opa.ts';
import { isTest, regoFiles, withManifest } from './rego.ts';
import { withStage } from './stage.ts';
import type { Opa, Policy, Repository } from './types.ts';

/** What an example of a policy's folder showed. */
export interface ExampleResult {
  policy_id: string;
  file: string;
  /** From its name: `good-` must not fail, `bad-` must. */
  expected: 'good' | 'bad';
  ok: boolean;
  /** Why it is not ok; or the first violation of a bad example. */
  message: string;
  /** Subjects that were judged in it, where the style has a population. */
  subjects: number;
}

export interface Example {
  policy: Policy;
  file: string;
  expected: 'good' | 'bad';
}

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

interface Case {
  example: Example;
  document: InputDocument;
}

/** Judges every example with the real OPA, on the same parsed input as the engine gets. */
export async function runExamples(repository: Repository, opa: Opa): Promise<ExampleResult[]> {
  const results: ExampleResult[] = [];
  const cases: Case[] = [];
  for (const example of examplesOf(repository)) {
    const parsed = parseInput(example.file, repository.files.get(example.file) ?? new Uint8Array());
    const problem = parsed.problems[0]?.error.message ?? wrongKind(example.policy, parsed.documents);
    if (problem === undefined) cases.push(...parsed.documents.map((document) => ({ example, document })));
    else results.push({ ...named(example), ok: false, message: problem, subjects: 0 });
  }
  const said = await evaluateAll(repository, cases, opa);
  const byFile = Map.groupBy(cases.keys(), (i) => cases[i]?.example.file ?? '');
  for (const indices of byFile.values()) {
    const example = cases[indices[0] ?? 0]?.example;
    if (example !== undefined)
      results.push(
        judge(
          example,
          indices.map((i) => said[i]),
        ),
      );
  }
  return results.sort((a, b) => (a.file < b.file ? -1 : 1));
}

function wrongKind({ inputs, style }: Policy, documents: readonly InputDocument[]): string | undefined {
  const kinds = new Set(documents.map((document) => document.kind));
  if (style === 'gatekeeper' || inputs.length === 0 || inputs.some((kind) => kinds.has(kind)))
    return undefined;
  return `it is read as ${[...kinds].join(', ')}, which the policy does not judge (it judges ${inputs.join(', ')})`;
}

const named = ({ policy, file, expected }: Example) => ({ policy_id: policy.id, file, expected });

/** One call of OPA for all; when a policy breaks that, one call for each, so that only the culprit is in error. */
async function evaluateAll(repository: Repository, cases: readonly Case[], opa: Opa): Promise<unknown[]> {
  if (cases.length === 0) return [];
  const modules = new Map([...regoFiles(repository.files)].filter(([path]) => !isTest(path)));
  modules.set(ENTRY_FILE, Buffer.from(entryModule(repository.policies, repository.packages)));
  modules.set('exhibit/examples.rego', Buffer.from(moduleOfCases(repository.policies)));
  const old = repository.rego_v0.filter((path) => !isTest(path));
  return withStage(withManifest(modules, old), async (folder) => {
    const ask = (some: readonly Case[]) =>
      evaluate(opa, folder, 'data.exhibit.examples.answer', { cases: some.map(question) }, ['-b', '.']);
    const answers = (value: unknown) => (value ?? {}) as Record<string, unknown>;
    try {
      const all = answers(await ask(cases));
      return cases.map((_, i) => all[String(i)]);
    } catch (error) {
      if (!isExhibitError(error, 'TOOL_FAILED')) throw error;
    }
    const each: unknown[] = [];
    for (const one of cases)
      each.push(
        await ask([one]).then(
          (value) => answers(value)['0'],
          (error: unknown) => error,
        ),
      );
    return each;
  });
}

function question({ example: { policy }, document }: Case): { policy: string; value: unknown } {
  const { id, style, parameters } = policy;
  return {
    policy: id,
    value: style === 'gatekeeper' ? reviewInput(document.value, parameters ?? {}) : document.value,
  };
}

/**
 * One rule per policy, so that a case evaluates its own policy and no other. The clock stands at noon UTC of the day since when
 * the policy is in force: an example that holds a date must not get another verdict with time.
 */
function moduleOfCases(policies: readonly Policy[]): string {
  const rules = policies.map(
    ({ id, since }) =>
      `answer[key] := value if {\n\tsome i, c in input.cases\n\tc.policy == ${JSON.stringify(id)}\n\tkey := format_int(i, 10)\n` +
      `\tvalue := data.exhibit.entry.policy_${id.replaceAll('-', '_')} with input as c.value with time.now_ns as ${noon(since)}\n}\n`,
  );
  return `package exhibit.examples\n\n${rules.join('\n')}`;
}

/** In nanoseconds, as text: the number is beyond 2^53. */
function noon(day: string): string {
  return `${Date.parse(`${day}T12:00:00Z`)}000000`;
}

/** @param said per document: object from rule to value, or an error */
function judge(example: Example, said: readonly unknown[]): ExampleResult {
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
      return { ...named(example), ok: false, message: `the policy is in error: ${broken}`, subjects };
    subjects += listed(rules?.population).length;
    messages.push(...violationsOf(example.policy, rules ?? {}));
  }
  const [first = ''] = messages;
  if (example.expected === 'good')
    return { ...named(example), ok: messages.length === 0, message: first, subjects };
  const found = messages.length > 0;
  return { ...named(example), ok: found, message: found ? first : 'nothing in it fails', subjects };
}

function undefinedRule(policy: Policy, rules: Record<string, unknown>): string | undefined {
  const needed =
    policy.style === 'exhibit'
      ? ['population', 'violations']
      : policy.style === 'gatekeeper'
        ? ['violation']
        : [];
  const missing = needed.find((rule) => rules[rule] === undefined);
  return missing === undefined ? undefined : `its rule ${missing} is undefined`;
}

function violationsOf(policy: Policy, rules: Record<string, unknown>): string[] {
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
