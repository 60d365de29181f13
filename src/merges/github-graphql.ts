import { z } from 'zod';
import type { Facts } from './types.ts';
import { commit, repositoryOf, time } from './values.ts';

/** @see https://docs.github.com/graphql/reference/objects#pullrequest; `gh pr list --json` has the same names. */
const node = z.object({
  number: z.int(),
  url: z.url(),
  title: z.string().nullish(),
  mergedAt: time.nullish(),
  headRefOid: commit,
  baseRefName: z.string(),
  mergeCommit: z.object({ oid: commit }).nullish(),
  mergedBy: z.object({ login: z.string() }).nullish(),
});

/** @see https://docs.github.com/graphql/reference/objects#pullrequestconnection, #searchresultitemconnection */
const connection = z.object({
  totalCount: z.int().min(0).optional(),
  issueCount: z.int().min(0).optional(),
  pageInfo: z.object({ hasNextPage: z.boolean() }).optional(),
  nodes: z.array(z.unknown()),
});
const answer = z.object({
  data: z.union([
    z
      .object({ repository: z.object({ pullRequests: connection }) })
      .transform(({ repository }) => repository.pullRequests),
    z.object({ search: connection }).transform(({ search }) => search),
  ]),
});

/** What an answer says of itself beside its pull requests. */
export interface GraphqlPage {
  /** Pull requests in it. */
  count: number;
  /** How many the code host counts in all, where it was asked for that. */
  total: number | undefined;
  /** Another page follows, where it was asked for that. */
  more: boolean | undefined;
}

/**
 * Takes in an answer of GitHub's GraphQL API with pull requests, or one of them as `gh pr list --json` gives it.
 * @param value attacker-controlled
 * @returns what the page says of itself; `unread` where something in it is no pull request; undefined where it is none of both
 */
export function takeGithubGraphql(
  value: unknown,
  facts: Facts,
): (GraphqlPage & { unread: number }) | undefined {
  const page = answer.safeParse(value).data?.data;
  if (page === undefined)
    return takeNode(value, facts) ? { count: 1, total: undefined, more: undefined, unread: 0 } : undefined;
  const unread = page.nodes.filter((each) => !takeNode(each, facts)).length;
  const { nodes, totalCount, issueCount, pageInfo } = page;
  return { count: nodes.length, total: totalCount ?? issueCount, more: pageInfo?.hasNextPage, unread };
}

function takeNode(value: unknown, { changes }: Facts): boolean {
  const { data } = node.safeParse(value);
  if (data === undefined) return false;
  // Closed without a merge, or open: looked at, and nothing was merged.
  if (data.mergedAt === null || data.mergedAt === undefined) return true;
  changes.push({
    repository: repositoryOf(data.url, '/pull/'),
    url: data.url,
    number: data.number,
    branch: data.baseRefName,
    head: data.headRefOid,
    merged_at: data.mergedAt,
    labels: [],
    messages: [data.title ?? ''],
    ...(data.mergeCommit ? { merge_commit: data.mergeCommit.oid } : {}),
    ...(data.mergedBy ? { merged_by: data.mergedBy.login } : {}),
  });
  return true;
}
