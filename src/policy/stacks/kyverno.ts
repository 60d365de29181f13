import { lintPolicyFile } from './kyverno/lint.ts';
import { readPolicy } from './kyverno/read.ts';
import { testWithCli } from './kyverno/test.ts';
import type { Stack } from './stack.ts';

/** Policies of Kyverno, as a cluster takes them. */
export const kyverno: Stack = {
  style: 'kyverno',
  main: 'kyverno.yaml',
  tool: 'kyverno',
  read: readPolicy,
  lint: lintPolicyFile,
  test: testWithCli,
};
