/** Policies of other engines than OPA, in the same repository: one registry line a stack. */
import { cedarStack } from './cedar/index.ts';
import { awsConfigStack, azurePolicyStack, gcpOrgPolicyStack, scpStack } from './cloud/index.ts';
import type { Stack } from './stack.ts';

export type { Stack, StackReading, Statement, TestOptions } from './stack.ts';

export const STACKS: readonly Stack[] = [
  cedarStack,
  awsConfigStack,
  scpStack,
  azurePolicyStack,
  gcpOrgPolicyStack,
];
