import type { Command } from 'commander';
import { buildProgram } from '../../src/cli/main.ts';

/** docs/reference/commands.md: the help of every command, as the program prints it at 80 columns. */
export function commandsPage(): string {
  return `# Commands

Generated from the program itself. Results go to standard output, everything else to standard error. Progress shows
only on a terminal, and only for work that takes more than half a second.

${leaves(program())
  .map((command) => `## ${path(command)}\n\n\`\`\`\n${help(command).trimEnd()}\n\`\`\`\n`)
  .join('\n')}`;
}

/** The program's command tree, for a terminal of 80 columns; nothing in it runs. */
export function program(): Command {
  const sink = { write: () => undefined, isTTY: false, columns: 80 };
  const context = {
    env: {},
    cwd: '.',
    clock: () => 0,
    random: (length: number) => new Uint8Array(length),
    stdout: sink,
    stderr: sink,
  };
  return buildProgram(context, async () => undefined);
}

function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

function path(command: Command): string {
  return command.parent === null ? command.name() : `${path(command.parent)} ${command.name()}`;
}

function help(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}
