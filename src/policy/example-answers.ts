import type { InputDocument } from '../inputs/index.ts';
import { isExhibitError } from '../record/index.ts';
import { ENTRY_FILE, entryModule, policyRule } from './entry.ts';
import { reviewInput } from './gatekeeper.ts';
import { evaluate } from './opa.ts';
import { isTest, regoFiles, withManifest } from './rego.ts';
import { withStage } from './stage.ts';
import { regoPolicies } from './styles.ts';
import type { Opa, Policy, RegoPolicy, Repository } from './types.ts';

export interface Example {
  policy: Policy;
  file: string;
  expected: 'good' | 'bad';
}

/** One document of an example. */
export interface Case {
  example: Example & { policy: RegoPolicy };
  document: InputDocument;
}

/** One call of OPA for all; when a policy breaks that, one call for each, so that only the culprit is in error. */
export async function answersOf(
  repository: Repository,
  cases: readonly Case[],
  opa: Opa,
): Promise<unknown[]> {
  if (cases.length === 0) return [];
  const modules = new Map([...regoFiles(repository.files)].filter(([path]) => !isTest(path)));
  modules.set(ENTRY_FILE, Buffer.from(entryModule(regoPolicies(repository.policies), repository.packages)));
  modules.set('exhibit/examples.rego', Buffer.from(moduleOfCases(regoPolicies(repository.policies))));
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
 * Unix milliseconds at which the examples of a policy are judged: noon UTC of the day since when it is in force. An example that
 * holds a date must not get another verdict with time.
 */
export function exampleInstant({ since }: Pick<RegoPolicy, 'since'>): number {
  return Date.parse(`${since}T12:00:00Z`);
}

/** One rule per policy, so that a case evaluates its own policy and no other, at its own instant. */
function moduleOfCases(policies: readonly RegoPolicy[]): string {
  const rules = policies.map(
    (policy) =>
      `answer[key] := value if {\n\tsome i, c in input.cases\n\tc.policy == ${JSON.stringify(policy.id)}\n\tkey := format_int(i, 10)\n` +
      `\tvalue := data.exhibit.entry.${policyRule(policy)} with input as c.value with time.now_ns as ${exampleInstant(policy)}000000\n}\n`,
  );
  return `package exhibit.examples\n\n${rules.join('\n')}`;
}
