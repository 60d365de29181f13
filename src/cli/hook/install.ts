import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { ExhibitError, shellWord } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { gitText } from '../gate/git.ts';
import { sentence } from '../terminal/table.ts';

const MARK = '# Made by `exhibit hook install`; `exhibit hook remove` takes it away.';

/** The program on the path goes first, so that an update counts; the one that installed the hook is there without one. */
function script(program: readonly string[]): string {
  const own = program.map(shellWord).join(' ');
  return `#!/bin/sh
${MARK}
if command -v exhibit >/dev/null 2>&1; then exec exhibit hook run; fi
if [ -x ${shellWord(program[0] ?? '')} ]; then exec ${own} hook run; fi
echo "exhibit is not installed here, so nothing was judged and nothing is committed." >&2
echo "Install it, or take the hook away: rm \\"$0\\"" >&2
exit 1
`;
}

/**
 * Writes the hook where git looks for it (core.hooksPath, a linked work tree). One of somebody else is not overwritten.
 * @throws ExhibitError NOT_FOUND outside a repository, USAGE where another hook is there or the folder serves other repositories too
 */
export function install(context: Context): ExitCode {
  const file = hookFile(context.cwd);
  if (existsSync(file) && !isOurs(file))
    throw new ExhibitError('USAGE', 'there is a pre-commit hook already, and it is not of Exhibit', {
      location: { file },
      hint: 'Add a line to it: exhibit hook run || exit 1',
    });
  mkdirSync(resolve(file, '..'), { recursive: true });
  writeFileSync(file, script([process.execPath, realpathSync(process.argv[1] ?? '')]));
  chmodSync(file, 0o755);
  context.stdout.write(sentence(`wrote ${relative(context.cwd, file) || file}`, context.stdout));
  return EXIT.ok;
}

/** @throws ExhibitError NOT_FOUND, USAGE where the hook is somebody else's */
export function remove(context: Context): ExitCode {
  const file = hookFile(context.cwd);
  if (!existsSync(file))
    throw new ExhibitError('NOT_FOUND', 'there is no pre-commit hook', { location: { file } });
  if (!isOurs(file))
    throw new ExhibitError('USAGE', 'the pre-commit hook is not of Exhibit and stays', {
      location: { file },
    });
  rmSync(file);
  context.stdout.write(sentence(`removed ${relative(context.cwd, file) || file}`, context.stdout));
  return EXIT.ok;
}

function isOurs(file: string): boolean {
  return readFileSync(file, 'utf8').split('\n')[1] === MARK;
}

function hookFile(cwd: string): string {
  const at = (...args: string[]) => gitText(cwd, 'rev-parse', ...args)?.replace(/\n$/, '');
  const absolute = '--path-format=absolute';
  const hooks = at(absolute, '--git-path', 'hooks');
  const [common, top] = [at(absolute, '--git-common-dir'), at('--show-toplevel')];
  if (hooks === undefined || common === undefined || top === undefined)
    throw new ExhibitError('NOT_FOUND', 'this is no work tree of a git repository', {
      location: { file: cwd },
      hint: 'Go to one, or make one: git init',
    });
  const inside = [resolve(common), resolve(top)].some((base) => !relative(base, hooks).startsWith('..'));
  if (inside) return join(hooks, 'pre-commit');
  throw new ExhibitError('USAGE', 'core.hooksPath names a folder that serves other repositories too', {
    location: { file: hooks },
    hint: 'Set it for this repository only: git config --local core.hooksPath .githooks',
  });
}
