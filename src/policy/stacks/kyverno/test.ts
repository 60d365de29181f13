import { isExhibitError } from '../../../record/index.ts';
import type { ExampleResult, Files, StackPolicy } from '../../types.ts';
import type { TestOptions } from '../stack.ts';
import { examplesBeside, judgeExample } from './examples.ts';
import { findKyverno, type Kyverno } from './find.ts';
import { OWN_TESTS, runOwnTests } from './own-tests.ts';

/** Runs at once: each is a process that computes for most of its time. */
const AT_ONCE = 2;

/** Judges the examples of policies and runs their own tests with Kyverno's CLI. */
export async function testWithCli(
  policies: readonly StackPolicy[],
  files: Files,
  { environment }: TestOptions,
): Promise<ExampleResult[]> {
  let kyverno: Kyverno;
  try {
    kyverno = await findKyverno(environment);
  } catch (error) {
    if (!isExhibitError(error, 'TOOL_MISSING')) throw error;
    const message = `${error.message} ${error.hint ?? ''}`.trim();
    return policies.map(({ id, file }) => ({
      policy_id: id,
      file,
      expected: 'test',
      ok: false,
      message,
      subjects: 0,
      missing: 'kyverno',
    }));
  }
  const jobs = policies.flatMap((policy) => [
    ...examplesBeside(policy, files).map((example) => () => judgeExample(kyverno, policy, example, files)),
    ...(files.has(folderOf(policy) + OWN_TESTS) ? [() => runOwnTests(kyverno, policy, files)] : []),
  ]);
  const results: ExampleResult[] = [];
  const worker = async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) results.push(await job());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

const folderOf = ({ file }: StackPolicy): string => file.slice(0, file.lastIndexOf('/') + 1);
