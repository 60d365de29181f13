import { isRegoPolicy } from '../styles.ts';
import type { ExampleResult, Repository, StackPolicy } from '../types.ts';
import { STACKS } from './index.ts';

/** Examples and tests of the policies of other engines, each with its own engine; sorted by file. */
export async function testStacks(
  { policies, files }: Repository,
  environment: NodeJS.ProcessEnv,
): Promise<ExampleResult[]> {
  const results: ExampleResult[] = [];
  for (const stack of STACKS) {
    const own = policies.filter(
      (policy): policy is StackPolicy => !isRegoPolicy(policy) && policy.style === stack.style,
    );
    if (own.length > 0) results.push(...(await stack.test(own, files, { environment })));
  }
  return results.sort((a, b) => (a.file < b.file ? -1 : 1));
}
