import { Command } from 'commander';
import type { Invoke } from './command.ts';
import { completion } from './commands/completion.ts';
import { AWAITED, COMMANDS } from './commands/index.ts';
import { type Context, processContext } from './context.ts';
import { renderError } from './errors.ts';
import { EXIT, type ExitCode, exitOfError } from './exit.ts';
import { errorInFolder } from './terminal/call.ts';
import { type ColorChoice, colors, useColor } from './terminal/color.ts';
import { printable } from './terminal/text.ts';
import { isHelpExit, pathOf, usageError } from './usage.ts';
import { VERSION } from './version.ts';

/**
 * Runs one command line.
 * @param argv without node and script name
 * @returns the exit code; the caller sets it, nothing here ends the process
 */
export async function main(argv: readonly string[], context: Context): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const invoke: Invoke = async (action) => {
    code = await action(context);
  };
  const program = programFor(argv, context, invoke);
  let running = program;
  program.hook('preAction', (_, command) => {
    running = command;
  });
  try {
    refuseUnknownHelp(program, argv);
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (isHelpExit(error)) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { color, debug } = program.opts<{ color: ColorChoice; debug?: boolean }>();
    const paint = colors(useColor(color, context.env, context.stderr));
    const told = withFolder(error, running);
    context.stderr.write(renderError(told, paint, context.stderr.columns, debug === true));
    return exitOfError(error);
  }
}

/** The folder for which a command was called belongs into what its error says to do next. */
function withFolder(error: unknown, command: Command): unknown {
  const folder: unknown =
    command.processedArgs[command.registeredArguments.findIndex((one) => one.name() === 'folder')];
  const [, group = ''] = pathOf(command).split(' ');
  const kind = ['ledger', 'lake', 'verify'].includes(group) ? 'evidence' : 'policies';
  return typeof folder === 'string' ? errorInFolder(error, folder, kind) : error;
}

/** `help nosuch` would print the help of everything, without a word about what is wrong. */
function refuseUnknownHelp(program: Command, argv: readonly string[]): void {
  const named = (at: Command, name: string | undefined) =>
    at.commands.find((child) => child.name() === name || child.aliases().includes(name ?? ''));
  const words = argv.filter((word) => !word.startsWith('-'));
  let at = program;
  for (const [index, word] of words.entries()) {
    const next = words[index + 1];
    if (word === 'help' && next !== undefined && next !== 'help' && named(at, next) === undefined)
      at.error(`error: unknown command '${printable(next)}'`);
    const child = named(at, word);
    if (child === undefined) return;
    at = child;
  }
}

/** What a command line needs of the command tree: one command where its name comes first, else all of them. */
export function programFor(argv: readonly string[], context: Context, invoke: Invoke): Command {
  const define = AWAITED.get(argv[0] ?? '');
  if (define === undefined) return buildProgram(context, invoke);
  const program = baseProgram(context, invoke, [define]);
  prepare(program, context);
  return program;
}

/** The whole command tree, also for the generated reference. */
export function buildProgram(context: Context, invoke: Invoke): Command {
  const program = baseProgram(context, invoke);
  completion(() => baseProgram(context, invoke))(program, invoke, main);
  prepare(program, context);
  return program;
}

/** Without completion: it is what completion completes. */
function baseProgram(context: Context, invoke: Invoke, commands = COMMANDS): Command {
  const program = new Command('exhibit')
    .description('Turns policy runs into audit evidence.')
    .version(VERSION, '--version', 'print the version')
    .option('--color <when>', 'auto, always or never', 'auto')
    .option('--debug', 'print stacks of errors')
    .helpCommand('help [command]', 'show help of a command')
    .addHelpText(
      'after',

      '\nExamples:\n  exhibit init policies\n  exhibit check infra/plan.json k8s/ --evidence evidence\n' +
        '\nExit codes: 0 clean, 1 violation, 2 wrong usage,\n  3 could not judge completely, 4 not allowed.\n',
    )
    .configureHelp({ helpWidth: Math.min(context.stdout.columns, 100) });
  for (const define of commands) define(program, invoke, main);
  return program;
}

/** The same manners for every command: errors are thrown, text goes to the given sinks. */
function prepare(command: Command, context: Context): void {
  command
    .exitOverride((error) => {
      throw usageError(command, error);
    })
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      // An error is printed once, by main, as all others are.
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(context.stdout.columns, 100),
      getErrHelpWidth: () => Math.min(context.stderr.columns, 100),
    });
  for (const child of command.commands) prepare(child, context);
}

/** Entry of the executable. A reader that goes away (`| head`) is not an error of ours; a place that takes nothing is said. */
export async function run(): Promise<void> {
  let lost = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || lost) return;
    lost = true;
    process.exitCode = EXIT.incomplete;
    process.stderr.write(`error OUTPUT_FAILED: cannot write to standard output: ${error.message}\n`);
  });
  // What cannot be said there cannot be said anywhere; the exit code still tells.
  process.stderr.on('error', () => undefined);
  const code = await main(process.argv.slice(2), processContext());
  process.exitCode = lost ? EXIT.incomplete : code;
}
