import { type Command, CommanderError, InvalidArgumentError } from 'commander';
import { ExhibitError } from '../record/index.ts';

/**
 * What commander says of a wrong command line, as an error of ours: code USAGE, and as the next step the near name, the
 * choices and the command's own help.
 * @param command where it was found
 * @returns the error as it came where it is none: help or the version was asked for
 */
export function usageError(command: Command, error: CommanderError): Error {
  if (NO_ERROR.has(error.code)) return error;
  const [first = '', near] = error.message.split('\n(Did you mean ');
  const { what, rest } = /^error: (?<what>.*?)(?<rest>\. [A-Z].*)?$/s.exec(first)?.groups ?? {};
  const hint = [
    ...(near === undefined ? [] : [`Did you mean ${near.replace(/\)\s*$/, '')}`]),
    ...(rest === undefined ? [] : [`${rest.slice(2).replace(/\.$/, '')}.`]),
    `See ${pathOf(command)} --help.`,
  ];
  return new ExhibitError('USAGE', what ?? first, { cause: error.cause, hint: hint.join(' ') });
}

const NO_ERROR: ReadonlySet<string> = new Set([
  'commander.help',
  'commander.helpDisplayed',
  'commander.version',
]);

/** True for what commander throws after it printed the help or the version that was asked for. */
export function isHelpExit(error: unknown): error is CommanderError {
  return error instanceof CommanderError;
}

/** `exhibit policy build`: the words with which a command is called. */
export function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** A number as the value of an option; anything else is refused, since it would be compared as false without a word. */
export function number(least: number, most = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return (value) => {
    const read = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    if (read >= least && read <= most) return read;
    const to = most === Number.MAX_SAFE_INTEGER ? 'upwards' : `to ${most}`;
    throw new InvalidArgumentError(`It takes a number from ${least} ${to}.`);
  };
}
