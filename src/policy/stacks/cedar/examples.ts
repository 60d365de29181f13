import { type InputDocument, parseInput } from '../../../inputs/index.ts';
import type { ExampleResult, Files, StackPolicy } from '../../types.ts';
import { type CedarDecider, type CedarDecision, cedarDecider } from './decide.ts';
import { cedarSet, TESTS_FILE } from './set.ts';
import { readTests } from './tests.ts';

/** Judges the tests and the examples of policy sets with Cedar itself. */
export function testCedar(policies: readonly StackPolicy[], files: Files): ExampleResult[] {
  return policies.flatMap((policy) => {
    const folder = policy.file.slice(0, policy.file.lastIndexOf('/') + 1);
    const decider = cedarDecider(cedarSet(policy, files));
    const examples = [...files.keys()]
      .filter(
        (path) => path.startsWith(folder) && /^examples\/(good|bad)-[^/]*$/.test(path.slice(folder.length)),
      )
      .sort();
    return [
      ...testResults(policy, `${folder}${TESTS_FILE}`, files, decider),
      ...examples.map((path) => exampleResult(policy, path, files, decider)),
    ];
  });
}

function testResults(
  policy: StackPolicy,
  file: string,
  files: Files,
  decider: CedarDecider,
): ExampleResult[] {
  if (!files.has(file)) return [];
  const { tests, problems } = readTests(files, file);
  const broken = problems.map(
    ({ message }): ExampleResult => ({
      policy_id: policy.id,
      file,
      expected: 'good',
      ok: false,
      message,
      subjects: 0,
    }),
  );
  const results = tests.map(({ name, request, entities, decision, reason, num_errors }, i): ExampleResult => {
    const said = decided(decider, { ...request, entities });
    const wanted = { decision, determining: reason.toSorted(), errors: num_errors };
    const got = typeof said === 'string' ? said : wordsOf({ ...said, errors: said.errors.length });
    return {
      policy_id: policy.id,
      file,
      expected: decision === 'allow' ? 'good' : 'bad',
      ok: got === wordsOf(wanted),
      message: `${name ?? `test ${i + 1}`}: expected ${wordsOf(wanted)}, Cedar says ${got}`,
      subjects: 1,
    };
  });
  return [...broken, ...results];
}

function exampleResult(
  policy: StackPolicy,
  file: string,
  files: Files,
  decider: CedarDecider,
): ExampleResult {
  const expected = file.slice(file.lastIndexOf('/') + 1).startsWith('good-') ? 'good' : 'bad';
  const { documents, problems } = parseInput(file, files.get(file) ?? new Uint8Array());
  const result = (ok: boolean, message: string): ExampleResult => ({
    policy_id: policy.id,
    file,
    expected,
    ok,
    message,
    subjects: documents.length,
  });
  const [problem] = problems;
  if (problem !== undefined) return result(false, problem.error.message);
  const said = documents.map((document) => ofDocument(decider, document));
  const broken = said.find((one) => typeof one === 'string');
  if (broken !== undefined) return result(false, broken);
  const denied = said.filter((one) => typeof one !== 'string' && one.decision === 'deny');
  if (expected === 'good') return result(denied.length === 0, denied.length === 0 ? '' : 'it is denied');
  return result(denied.length > 0, denied.length > 0 ? 'it is denied' : 'nothing in it is denied');
}

/** The decision; or why the policy is in error, which no example is meant to be. */
function ofDocument(decider: CedarDecider, document: InputDocument): CedarDecision | string {
  if (document.kind !== 'cedar-request')
    return `it is read as ${document.kind}, which the policy does not judge (it judges cedar-request)`;
  const request = document.value as Parameters<CedarDecider['decide']>[0];
  if (!decider.knows(request))
    return 'the schema does not know its action, so the policy does not apply to it';
  const said = decided(decider, request);
  if (typeof said === 'string') return `the policy is in error: ${said}`;
  const [error] = said.errors;
  return error === undefined ? said : `the policy is in error: ${error.statement}: ${error.message}`;
}

function decided(
  decider: CedarDecider,
  request: Parameters<CedarDecider['decide']>[0],
): CedarDecision | string {
  try {
    return decider.decide(request);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wordsOf({
  decision,
  determining,
  errors,
}: {
  decision: string;
  determining: string[];
  errors: number;
}): string {
  const by = determining.length === 0 ? '' : ` by ${determining.join(', ')}`;
  const failed = errors === 0 ? '' : ` with ${errors} ${errors === 1 ? 'error' : 'errors'}`;
  return `${decision}${by}${failed}`;
}
