import { lintPolicyFile } from './kyverno/lint.ts';
import { readPolicy } from './kyverno/read.ts';
import { testWithCli } from './kyverno/test.ts';
import type { Stack } from './stack.ts';

/**
 * Policies that the API server of Kubernetes evaluates itself, with their bindings: ValidatingAdmissionPolicy and
 * MutatingAdmissionPolicy. Kyverno's CLI evaluates the same CEL, so it tests them.
 */
export const admissionPolicy: Stack = {
  style: 'admission-policy',
  main: 'admission-policy.yaml',
  tool: 'kyverno',
  read: readPolicy,
  lint: lintPolicyFile,
  test: testWithCli,
};
