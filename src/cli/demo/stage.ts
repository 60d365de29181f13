import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExhibitError, toHex } from '../../record/index.ts';
import type { Execute } from '../command.ts';
import type { Context, Sink } from '../context.ts';

/** What a command of the demo printed, and how it ended. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

const MARK = '.exhibit-demo';

/**
 * The place of the demo: a folder of its own, a clock that the story sets, and the real commands run in this process.
 * Every step says what it expects; a step that is otherwise ends the demo with an error.
 */
export class Stage {
  readonly folder: string;
  readonly #execute: Execute;
  readonly #context: Context;
  #now = 0;

  constructor(folder: string, execute: Execute, context: Context) {
    this.folder = folder;
    this.#execute = execute;
    this.#context = context;
    prepare(folder);
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /** Sets the clock of all later commands. @param instant RFC 3339 */
  at(instant: string): void {
    this.#now = Date.parse(instant);
  }

  say(text = ''): void {
    this.#context.stdout.write(`${text}\n`);
  }

  /** A name with a random end. */
  unique(name: string): string {
    return `${name}-${toHex(this.#context.random(4))}`;
  }

  /** What a command of the story works with: its clock, its folder, the names of its pipeline. */
  context(): Context {
    const { env } = this.#context;
    return {
      ...this.#context,
      clock: () => this.#now++,
      env: {
        ...PIPELINE,
        PATH: env.PATH,
        HOME: env.HOME,
        EXHIBIT_OPA: env.EXHIBIT_OPA,
        XDG_CACHE_HOME: env.XDG_CACHE_HOME,
        EXHIBIT_STATE: this.path('state'),
      },
      cwd: this.folder,
    };
  }

  /** Runs `exhibit ...`. @param expected the exit code without which the story is not true */
  async run(expected: number, ...argv: string[]): Promise<Outcome> {
    const stdout = memory();
    const stderr = memory();
    const code = await this.#execute(argv, { ...this.context(), stdout, stderr });
    const outcome = { code, stdout: stdout.text(), stderr: stderr.text() };
    if (code === expected) return outcome;
    throw new ExhibitError(
      'INTERNAL',
      `exhibit ${argv.join(' ')} ended with ${code}, not ${expected}: ${(outcome.stderr || outcome.stdout).slice(-600)}`,
    );
  }

  /** Commits all of a repository at the story's time, so that the same story gives the same commit. */
  commit(repository: string, message: string): string {
    const date = new Date(this.#now).toISOString();
    const env = {
      ...process.env,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
    };
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
        cwd: repository,
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    if (!existsSync(join(repository, '.git'))) git('init', '--quiet', '--initial-branch=main');
    git('add', '--all');
    git('commit', '--quiet', '--message', message);
    return git('rev-parse', '--short=12', 'HEAD').trim();
  }
}

/** The demo speaks as a pipeline would. */
const PIPELINE = {
  GITHUB_ACTIONS: 'true',
  GITHUB_SERVER_URL: 'https://git.example.com',
  GITHUB_REPOSITORY: 'shop/infra',
  GITHUB_SHA: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
  GITHUB_RUN_ID: '42',
  GITHUB_ACTOR: 'ada',
};

/** Makes the folder anew, but only if it is one of ours. */
function prepare(folder: string): void {
  if (existsSync(folder)) {
    if (!existsSync(join(folder, MARK))) {
      throw new ExhibitError('USAGE', 'the folder is there and was not made by the demo; it stays', {
        location: { file: folder },
        hint: 'Name another folder.',
      });
    }
    rmSync(folder, { recursive: true, force: true });
  }
  mkdirSync(folder);
  writeFileSync(join(folder, MARK), '');
}

function memory(): Sink & { text(): string } {
  const written: string[] = [];
  return {
    write: (text) => void written.push(text),
    isTTY: false,
    columns: 80,
    text: () => written.join(''),
  };
}
