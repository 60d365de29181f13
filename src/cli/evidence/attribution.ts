import { execFile, execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { redactText } from '../../record/index.ts';
import type { Context } from '../context.ts';

/** Who and which change a run speaks for. `person` is a name: it is replaced by a reference before it is recorded. */
export interface Attribution {
  repository?: string;
  commit?: string;
  change?: string;
  person?: string;
}

/** Runs git and gives its output, or undefined where that fails. */
export type Git = (...args: string[]) => string | undefined;

export function gitIn(folder: string): Git {
  return (...args) => {
    try {
      return execFileSync('git', args, {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: 5_000,
      }).trim();
    } catch {
      return undefined;
    }
  };
}

/** The same for one question, asked while something else is done; undefined where a pipeline has its own answer. */
export function originOf(env: Context['env'], folder: string): Promise<string | undefined> {
  if (env.GITHUB_ACTIONS === 'true' || env.GITLAB_CI === 'true') return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const options = { cwd: folder, timeout: 5_000, encoding: 'utf8' as const };
    execFile('git', ORIGIN, options, (error, stdout) => resolve(error === null ? stdout.trim() : undefined));
  });
}

const ORIGIN = ['config', '--get', 'remote.origin.url'];

/**
 * From the variables of GitHub Actions or GitLab CI, else from the git checkout. What a pipeline says of itself is not
 * verified here: records carry `actor_verified_by: none`.
 */
export function attribution(env: Context['env'], git: Git): Attribution {
  const found =
    env.GITHUB_ACTIONS === 'true' ? github(env) : env.GITLAB_CI === 'true' ? gitlab(env) : local(git);
  const clean = (url: string | undefined) => (url === undefined ? undefined : withoutCredentials(url));
  const safe = { ...found, repository: clean(found.repository), change: clean(found.change) };
  const entries = Object.entries(safe).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(entries) as Attribution;
}

/**
 * The repository of what is judged, as overrides name it: host and path, the same for each way to clone it.
 * @returns undefined where none is known
 */
export function repositoryName(env: Context['env'], git: Git): string | undefined {
  const remote =
    env.GITHUB_ACTIONS === 'true'
      ? github(env).repository
      : env.GITLAB_CI === 'true'
        ? gitlab(env).repository
        : git(...ORIGIN);
  const clean = remote === undefined || remote === '' ? undefined : withoutCredentials(remote);
  return clean === undefined ? undefined : hostAndPath(clean);
}

/** `https://github.com/example/shop.git` and `git@github.com:example/shop`: `github.com/example/shop`. */
function hostAndPath(remote: string): string {
  const url = /^[a-z][a-z0-9+.-]*:\/\/([^/]*?)(?::(?:22|80|443))?\/+(.*)$/.exec(remote);
  const ssh = url ?? /^(?:[^@:/]+@)?([^@:/\\]{2,}):\/*(.*)$/.exec(remote);
  const named = ssh === null ? remote : `${(ssh[1] ?? '').toLowerCase()}/${ssh[2]}`;
  return named.replace(/\/+$/, '').replace(/\.git$/, '');
}

type Found = { [K in keyof Attribution]?: string | undefined };

function github(env: Context['env']): Found {
  const base =
    env.GITHUB_SERVER_URL === undefined || env.GITHUB_REPOSITORY === undefined
      ? undefined
      : `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}`;
  return {
    repository: base,
    commit: env.GITHUB_SHA,
    change:
      base === undefined || env.GITHUB_RUN_ID === undefined
        ? undefined
        : `${base}/actions/runs/${env.GITHUB_RUN_ID}`,
    person: env.GITHUB_ACTOR,
  };
}

function gitlab(env: Context['env']): Found {
  return {
    repository: env.CI_PROJECT_URL,
    commit: env.CI_COMMIT_SHA,
    change: env.CI_PIPELINE_URL,
    person: env.GITLAB_USER_LOGIN,
  };
}

function local(git: Git): Found {
  return {
    repository: git('config', '--get', 'remote.origin.url'),
    commit: git('rev-parse', '--verify', '--quiet', 'HEAD'),
    person: git('config', '--get', 'user.email') ?? user(),
  };
}

function user(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** User names that every host uses for git over SSH: they name nobody. */
const SHARED_USERS = /^(?:git|gitlab|gitea|hg)$/;

/**
 * A remote without what may be a token: user and password, query and fragment. A record must not carry one, so a remote
 * that cannot be read for certain is left out, and so is one with an `@` or a credential in its path.
 * @param remote a URL, `[user@]host:path` as SSH takes it, or a path
 */
export function withoutCredentials(remote: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this finds
  if (/[\u0000-\u0020\u007f]/.test(remote)) return undefined;
  const bare = remote.replace(/[?#].*$/, '');
  const clean = /^[a-z][a-z0-9+.-]*:\/\//i.test(bare) ? ofUrl(bare) : ofHost(bare);
  return clean !== undefined && redactText(clean) === clean ? clean : undefined;
}

function ofUrl(text: string): string | undefined {
  // More than one `@` before the path, or a backslash: programs differ in what they take for the host.
  const [, scheme = '', authority = '', path = ''] = /^([^:]+):\/\/([^/]*)(\/.*)?$/.exec(text) ?? [];
  if (authority.split('@').length > 2 || text.includes('\\') || /@|%40/i.test(path)) return undefined;
  const host = authority.split('@').at(-1) ?? '';
  if (!URL.canParse(text) || !/^(?:[\w.-]*|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(host)) return undefined;
  return `${scheme.toLowerCase()}://${host.toLowerCase()}${path}`;
}

function ofHost(text: string): string | undefined {
  if (!text.includes('@')) return text.startsWith('//') || text.includes('://') ? undefined : text;
  const [, user = '', host = '', path = ''] = /^([^@:/\\]+)@([\w.-]+):([^@\\]*)$/.exec(text) ?? [];
  if (host === '') return undefined;
  return SHARED_USERS.test(user) ? text : `${host}:${path}`;
}
