/** Policies of other engines than OPA, in the same repository: one registry line a stack. */

import { admissionPolicy } from './admission-policy.ts';
import { cedarStack } from './cedar/index.ts';
import { awsConfigStack, azurePolicyStack, gcpOrgPolicyStack, scpStack } from './cloud/index.ts';
import { kyverno } from './kyverno.ts';
import type { Stack } from './stack.ts';

export type { Stack, StackReading, StackTool, Statement, TestOptions } from './stack.ts';

export const STACKS: readonly Stack[] = [
  cedarStack,
  admissionPolicy,
  kyverno,
  awsConfigStack,
  scpStack,
  azurePolicyStack,
  gcpOrgPolicyStack,
];
