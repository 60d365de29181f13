import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';
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

/**
 * From the variables of GitHub Actions or GitLab CI, else from the git checkout. What a pipeline says of itself is not
 * verified here: records carry `actor_verified_by: none`.
 */
export function attribution(env: Context['env'], git: Git): Attribution {
  const found =
    env.GITHUB_ACTIONS === 'true' ? github(env) : env.GITLAB_CI === 'true' ? gitlab(env) : local(git);
  const repository = found.repository === undefined ? undefined : withoutCredentials(found.repository);
  const entries = Object.entries({ ...found, repository }).filter(
    ([, value]) => value !== undefined && value !== '',
  );
  return Object.fromEntries(entries) as Attribution;
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

/** A remote may carry a token; a record must not. */
export function withoutCredentials(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1');
}
