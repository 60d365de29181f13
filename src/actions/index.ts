/** For programs that act by themselves: ask before, wait for a person where policy wants one, perform once, say what came of it. */
export type { Action, ActionsOptions } from './client.ts';
export { createGuard, type Guard, type GuardOptions } from './guard.ts';
