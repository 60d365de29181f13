import { z } from 'zod';
import type { Check, Facts } from './types.ts';
import { commit, repositoryOf, time } from './values.ts';

const pull = z.object({
  number: z.int(),
  html_url: z.url(),
  title: z.string().nullish(),
  merged_at: time.nullish(),
  merge_commit_sha: commit.nullish(),
  merged_by: z.object({ login: z.string() }).nullish(),
  head: z.object({ sha: commit }),
  base: z.object({ ref: z.string() }),
  labels: z.array(z.object({ name: z.string() })).default([]),
});

const checkRun = z.object({
  name: z.string(),
  head_sha: commit,
  status: z.string(),
  conclusion: z.string().nullish(),
  details_url: z.string().nullish(),
  html_url: z.string().nullish(),
  app: z.object({ slug: z.string().nullish() }).nullish(),
});

const commitAnswer = z.object({ sha: commit, commit: z.object({ message: z.string() }) });
const protection = z.object({
  url: z.string().optional(),
  enforce_admins: z.object({ enabled: z.boolean() }),
  required_pull_request_reviews: z
    .object({ bypass_pull_request_allowances: z.record(z.string(), z.array(z.unknown())).optional() })
    .nullish(),
});
const ruleset = z.object({
  name: z.string(),
  enforcement: z.string(),
  target: z.string().nullish(),
  bypass_actors: z.array(z.object({ bypass_mode: z.string().nullish() })).nullish(),
});
const audit = z.object({
  action: z.string(),
  '@timestamp': time.nullish(),
  created_at: time.nullish(),
  actor: z.string().nullish(),
  repo: z.string().nullish(),
  branch: z.string().nullish(),
  pull_request_url: z.string().nullish(),
  after: z.string().nullish(),
});

/** @see https://docs.github.com/rest/repos/rule-suites */
const ruleSuite = z.object({
  ref: z.string(),
  after_sha: z.string(),
  pushed_at: time,
  result: z.string(),
  actor_name: z.string().nullish(),
  repository_name: z.string().nullish(),
});

/** What is read of GitHub: for the published schema. A list of them, or a webhook around one, is read, too. */
export const githubValue = z.union([pull, checkRun, commitAnswer, protection, ruleset, ruleSuite, audit]);

const STATES: Readonly<Record<string, Check['state']>> = {
  success: 'success',
  failure: 'failure',
  timed_out: 'failure',
  action_required: 'failure',
  startup_failure: 'failure',
  cancelled: 'skipped',
  skipped: 'skipped',
  neutral: 'skipped',
  stale: 'skipped',
};

/**
 * Takes in one value of GitHub: a REST answer, a webhook payload, or an audit log event.
 * @param host of the repositories, such as `github.com`
 * @returns whether it was understood
 * @see https://docs.github.com/rest (2022-11-28), https://docs.github.com/webhooks/webhook-events-and-payloads
 */
export function takeGithub(value: unknown, facts: Facts, host: string): boolean {
  if (Array.isArray(value)) return value.map((each) => takeGithub(each, facts, host)).every(Boolean);
  if (typeof value !== 'object' || value === null) return false;
  const all = value as Record<string, unknown>;
  if (Array.isArray(all.check_runs)) return takeGithub(all.check_runs, facts, host);
  // A webhook wraps what it speaks of.
  for (const wrapped of ['pull_request', 'check_run'])
    if (typeof all[wrapped] === 'object' && all[wrapped] !== null && typeof all.action === 'string')
      return takeGithub(all[wrapped], facts, host);
  return (
    takePull(value, facts) ||
    takeCheck(value, facts) ||
    takeCommit(value, facts) ||
    takeProtection(value, facts) ||
    takeRuleSuite(value, facts, host) ||
    takeAudit(value, facts, host)
  );
}

function takePull(value: unknown, { changes }: Facts): boolean {
  const { data } = pull.safeParse(value);
  if (data === undefined) return false;
  // Closed without a merge, or open: looked at, and nothing was merged.
  if (data.merged_at === null || data.merged_at === undefined) return true;
  changes.push({
    repository: repositoryOf(data.html_url, '/pull/'),
    url: data.html_url,
    number: data.number,
    branch: data.base.ref,
    head: data.head.sha,
    merged_at: data.merged_at,
    labels: data.labels.map(({ name }) => name),
    messages: [data.title ?? ''],
    ...(data.merge_commit_sha ? { merge_commit: data.merge_commit_sha } : {}),
    ...(data.merged_by ? { merged_by: data.merged_by.login } : {}),
  });
  return true;
}

function takeCheck(value: unknown, { checks }: Facts): boolean {
  const { data } = checkRun.safeParse(value);
  if (data === undefined) return false;
  // Any app with a check of its own says what `details_url` is, such as the address of a clean run of another commit. GitHub
  // itself makes `html_url`, and for its own Actions both.
  const run = [data.html_url, data.app?.slug === 'github-actions' ? data.details_url : undefined]
    .map((url) => /^(.*\/actions\/runs\/\d+)(?:\/|$)/.exec(url ?? '')?.[1])
    .find((url) => url !== undefined);
  checks.push({
    sha: data.head_sha,
    name: data.name,
    state: data.status === 'completed' ? (STATES[data.conclusion ?? ''] ?? 'failure') : 'unfinished',
    variables: [],
    ...(run === undefined ? {} : { run_url: run }),
  });
  return true;
}

/** The message of a commit, kept with the changes that end with it: those come first. */
function takeCommit(value: unknown, { changes }: Facts): boolean {
  const { data } = commitAnswer.safeParse(value);
  if (data === undefined) return false;
  for (const change of changes) if (change.head === data.sha) change.messages.push(data.commit.message);
  return true;
}

function takeProtection(value: unknown, { protections }: Facts): boolean {
  const classic = protection.safeParse(value).data;
  if (classic !== undefined) {
    const allowed = Object.values(
      classic.required_pull_request_reviews?.bypass_pull_request_allowances ?? {},
    );
    protections.push({
      branch: decodeURIComponent(/\/branches\/(.+)\/protection$/.exec(classic.url ?? '')?.[1] ?? '*'),
      binds_administrators: classic.enforce_admins.enabled,
      exempt: allowed.flat().length,
      source: 'branch protection',
    });
    return true;
  }
  const rules = ruleset.safeParse(value).data;
  if (rules === undefined) return false;
  if (rules.enforcement === 'active')
    protections.push({
      branch: '*',
      exempt: rules.bypass_actors?.length ?? 0,
      source: `ruleset ${rules.name}`,
      ...(rules.bypass_actors ? { binds_administrators: rules.bypass_actors.length === 0 } : {}),
    });
  return true;
}

/** A push that was judged by rulesets. Their being passed over stands here only: no audit event of GitHub says it. */
function takeRuleSuite(value: unknown, { overridden }: Facts, host: string): boolean {
  const { data } = ruleSuite.safeParse(value);
  if (data === undefined) return false;
  const branch = /^refs\/heads\/(.+)$/.exec(data.ref)?.[1];
  if (data.result !== 'bypass' || branch === undefined) return true;
  const repository = data.repository_name ?? undefined;
  overridden.push({
    at: data.pushed_at,
    names: [data.after_sha],
    branch,
    ...(data.actor_name ? { actor: data.actor_name } : {}),
    ...(repository === undefined
      ? {}
      : { repository: repository.includes('/') ? `${host}/${repository}` : repository }),
  });
  return true;
}

/** The event by which somebody passed over a branch protection. */
const OVERRIDE = 'protected_branch.policy_override';

function takeAudit(value: unknown, { overridden }: Facts, host: string): boolean {
  const { data } = audit.safeParse(value);
  if (data === undefined) return false;
  const at = data.created_at ?? data['@timestamp'];
  if (data.action !== OVERRIDE) return at !== undefined && at !== null;
  if (at === undefined || at === null) return false;
  overridden.push({
    at,
    names: [data.after, data.pull_request_url].filter((name) => typeof name === 'string'),
    ...(data.actor ? { actor: data.actor } : {}),
    ...(data.repo ? { repository: `${host}/${data.repo}` } : {}),
    ...(data.branch ? { branch: data.branch.replace(/^refs\/heads\//, '') } : {}),
  });
  return true;
}
