/** Cedar: a folder with policy.cedar is a policy set with one schema, decided in this process. */
import type { Stack } from '../stack.ts';
import { testCedar } from './examples.ts';
import { lintCedar } from './lint.ts';
import { readCedar } from './read.ts';

export const cedarStack: Stack = {
  style: 'cedar',
  main: 'policy.cedar',
  read: readCedar,
  lint: lintCedar,
  test: async (policies, files) => testCedar(policies, files),
};
