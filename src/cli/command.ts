import type { Command } from 'commander';
import type { Context } from './context.ts';
import type { ExitCode } from './exit.ts';

/** What a command does. It returns its exit code and never calls process.exit. */
export type Action = (context: Context) => Promise<ExitCode>;

/** Hands an action to the one place that runs it and sets the exit code. */
export type Invoke = (action: Action) => Promise<void>;

/** Runs a whole command line, as the program does. */
export type Execute = (argv: readonly string[], context: Context) => Promise<ExitCode>;

/** Adds one command or group to the program. Its heavy imports stand inside the action, so that starting is fast. */
export type Define = (program: Command, invoke: Invoke, execute: Execute) => void;

/** A command with a summary, a description that says what it is for, and an example that runs. */
export function command(
  parent: Command,
  usage: string,
  summary: string,
  example: string | readonly string[],
  options: { isDefault?: boolean } = {},
): Command {
  const examples = typeof example === 'string' ? [example] : example;
  return parent
    .command(usage, options)
    .summary(summary)
    .description(summary)
    .addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}\n`);
}

/** Collects a repeatable option. */
export function collect(value: string, before: string[]): string[] {
  return [...before, value];
}
