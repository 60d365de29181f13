import { z } from 'zod';
import type { Check, Facts } from './types.ts';
import { commit, repositoryOf, time } from './values.ts';

const merged = z.object({
  iid: z.int(),
  web_url: z.url(),
  title: z.string().nullish(),
  target_branch: z.string(),
  sha: commit.nullish(),
  merged_at: time.nullish(),
  merge_commit_sha: commit.nullish(),
  squash_commit_sha: commit.nullish(),
  merge_user: z.object({ username: z.string() }).nullish(),
  merged_by: z.object({ username: z.string() }).nullish(),
  labels: z.array(z.union([z.string(), z.object({ title: z.string() })])).default([]),
});

/** `merge_request` events have other names for the same, and no time of the merge but that of the event. */
const hook = z.object({
  object_kind: z.literal('merge_request'),
  user: z.object({ username: z.string() }).nullish(),
  labels: z.array(z.object({ title: z.string() })).default([]),
  object_attributes: z.object({
    iid: z.int(),
    url: z.url(),
    title: z.string().nullish(),
    target_branch: z.string(),
    state: z.string(),
    updated_at: z.string(),
    merge_commit_sha: commit.nullish(),
    last_commit: z.object({ id: commit, message: z.string().nullish() }),
  }),
});

const variables = z.array(z.object({ key: z.string() }).loose());
const pipeline = z.object({
  id: z.int(),
  sha: commit,
  ref: z.string(),
  status: z.string(),
  source: z.string().nullish(),
  web_url: z.string(),
  variables: variables.optional(),
});
const pipelineHook = z.object({
  object_kind: z.literal('pipeline'),
  object_attributes: z.object({
    id: z.int(),
    sha: commit,
    ref: z.string(),
    status: z.string(),
    url: z.string(),
    variables: variables.default([]),
  }),
});
const protectedBranch = z.object({
  name: z.string(),
  push_access_levels: z.array(z.object({ access_level: z.int().nullish() }).loose()),
  merge_access_levels: z.array(z.unknown()),
  allow_force_push: z.boolean().default(false),
});
const commitAnswer = z.object({ id: commit, short_id: z.string(), message: z.string() });
const auditEvent = z.object({
  id: z.int(),
  author_id: z.int(),
  entity_type: z.string(),
  created_at: time,
  details: z.object({ author_name: z.string().nullish(), custom_message: z.string().nullish() }).loose(),
});

/** What is read of GitLab: for the published schema. A list of them is read, too. */
export const gitlabValue = z.union([
  merged,
  hook,
  pipeline,
  pipelineHook,
  protectedBranch,
  commitAnswer,
  auditEvent,
]);

const STATES: Readonly<Record<string, Check['state']>> = {
  success: 'success',
  failed: 'failure',
  canceled: 'skipped',
  skipped: 'skipped',
  manual: 'skipped',
};

/**
 * Takes in one value of GitLab: an answer of its REST API or a webhook payload.
 * @returns whether it was understood
 * @see https://docs.gitlab.com/api/merge_requests/, https://docs.gitlab.com/user/project/integrations/webhook_events/
 */
export function takeGitlab(value: unknown, facts: Facts): boolean {
  if (Array.isArray(value)) return value.map((each) => takeGitlab(each, facts)).every(Boolean);
  return (
    takeMerged(value, facts) ||
    takeHook(value, facts) ||
    takePipeline(value, facts) ||
    takeCommit(value, facts) ||
    takeProtected(value, facts) ||
    takeAudit(value)
  );
}

function takeMerged(value: unknown, { changes }: Facts): boolean {
  const { data } = merged.safeParse(value);
  if (data === undefined) return false;
  if (!data.merged_at) return true;
  // A merge whose commit is not said cannot be compared with any run, and must not vanish.
  const by = data.merge_user ?? data.merged_by;
  const into = data.merge_commit_sha ?? data.squash_commit_sha;
  changes.push({
    repository: repositoryOf(data.web_url, '/-/'),
    url: data.web_url,
    number: data.iid,
    branch: data.target_branch,
    head: data.sha ?? '',
    merged_at: data.merged_at,
    labels: data.labels.map((label) => (typeof label === 'string' ? label : label.title)),
    messages: [data.title ?? ''],
    ...(into ? { merge_commit: into } : {}),
    ...(by ? { merged_by: by.username } : {}),
  });
  return true;
}

function takeHook(value: unknown, { changes }: Facts): boolean {
  const { data } = hook.safeParse(value);
  if (data === undefined) return false;
  const { object_attributes: each } = data;
  if (each.state !== 'merged') return true;
  // `2013-12-03 17:23:34 UTC`, as webhooks of GitLab write it, or RFC 3339.
  const at = time.safeParse(each.updated_at.replace(/^(\S+) (\S+) UTC$/, '$1T$2Z'));
  if (!at.success) return false;
  changes.push({
    repository: repositoryOf(each.url, '/-/'),
    url: each.url,
    number: each.iid,
    branch: each.target_branch,
    head: each.last_commit.id,
    merged_at: at.data,
    labels: data.labels.map(({ title }) => title),
    messages: [each.title ?? '', each.last_commit.message ?? ''],
    ...(each.merge_commit_sha ? { merge_commit: each.merge_commit_sha } : {}),
    ...(data.user ? { merged_by: data.user.username } : {}),
  });
  return true;
}

function takePipeline(value: unknown, { checks }: Facts): boolean {
  const { data } = pipeline.safeParse(value);
  const told = pipelineHook.safeParse(value).data?.object_attributes;
  const each = data ?? (told === undefined ? undefined : { ...told, web_url: told.url });
  if (each === undefined) return false;
  checks.push({
    sha: each.sha,
    name: `pipeline ${each.id}`,
    state: STATES[each.status] ?? 'unfinished',
    run_url: each.web_url,
    variables: (each.variables ?? []).map(({ key }) => key),
  });
  return true;
}

function takeCommit(value: unknown, { changes }: Facts): boolean {
  const { data } = commitAnswer.safeParse(value);
  if (data === undefined) return false;
  for (const change of changes) if (change.head === data.id) change.messages.push(data.message);
  return true;
}

/** Access level 40 is a maintainer: whoever may push passes every merge request over. */
function takeProtected(value: unknown, { protections }: Facts): boolean {
  const { data } = protectedBranch.safeParse(value);
  if (data === undefined) return false;
  const exempt = data.push_access_levels.filter(({ access_level }) => access_level !== 0).length;
  protections.push({
    branch: data.name,
    exempt,
    binds_administrators: exempt === 0 && !data.allow_force_push,
    source: 'protected branch',
  });
  return true;
}

/** GitLab has no event for a protection that was passed over; what is said of settings is read and not used. */
function takeAudit(value: unknown): boolean {
  return auditEvent.safeParse(value).success;
}
