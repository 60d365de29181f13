import type { Define } from '../command.ts';
import { check } from './check.ts';

/** Every command, in the order in which help lists them. */
export const COMMANDS: readonly Define[] = [check];
