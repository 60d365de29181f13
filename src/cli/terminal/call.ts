import { ExhibitError, shellWord } from '../../record/index.ts';

/**
 * A command line that can be pasted: `exhibit policy sign ./policies --bundle x`. The working folder is left out.
 * @param command its words
 * @param folder as the user gave it
 */
export function call(command: string, folder: string, ...rest: readonly string[]): string {
  return [command, ...place(folder), ...rest.map(shellWord)].join(' ');
}

function place(folder: string): string[] {
  if (folder === '.') return [];
  // What begins with a hyphen would be read as an option.
  return [shellWord(folder.startsWith('-') ? `./${folder}` : folder)];
}

/** Commands that take one folder, by what lies in it, where a text names none behind them. */
const WITHOUT = {
  policies:
    /\bexhibit (?:init|policy (?:build|sign|keys|test|lint|list|coverage|export [\w-]+)|override (?:list|lint))\b/g,
  evidence: /\bexhibit (?:lake rebuild|ledger (?:seal|status))\b(?: FOLDER\b)?/g,
};

export type FolderKind = keyof typeof WITHOUT;

/** A text in which each command that names no folder names the one that the user gave. */
export function inFolder(text: string, folder: string, kind: FolderKind = 'policies'): string {
  const word = place(folder)
    .map((one) => ` ${one}`)
    .join('');
  return text.replace(WITHOUT[kind], (found: string, at: number) => {
    const command = found.replace(' FOLDER', '');
    return text.startsWith(word, at + found.length) ? command : command + word;
  });
}

/**
 * An error of a command that was called for a folder. The parts below it do not know how the user named that, so their
 * messages and hints get it here.
 */
export function errorInFolder(error: unknown, folder: string, kind: FolderKind): unknown {
  if (!(error instanceof ExhibitError)) return error;
  const { code, message, hint, location, details, cause, stack } = error;
  const told = new ExhibitError(code, inFolder(message, folder, kind), {
    ...(hint === undefined ? {} : { hint: inFolder(hint, folder, kind) }),
    location,
    details,
    ...(cause === undefined ? {} : { cause }),
  });
  if (stack !== undefined) told.stack = stack;
  return told;
}
