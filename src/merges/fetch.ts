import { z } from 'zod';
import { type AskOptions, pages } from './ask.ts';
import { takeGithub } from './github.ts';
import { takeGitlab } from './gitlab.ts';
import { protectionsOf } from './protected.ts';
import type { Change, Facts } from './types.ts';
import { noFacts } from './values.ts';

export interface FetchRequest {
  /** Host and path. */
  repository: string;
  branches: readonly string[];
  /** UTC day. */
  from: string;
}

/** Asks, takes in each page, and notes what cannot be seen. */
class Asker {
  readonly facts: Facts = noFacts();
  readonly #take: (value: unknown) => boolean;
  readonly #options: AskOptions;

  constructor(options: AskOptions, take: (value: unknown, facts: Facts) => boolean) {
    this.#options = options;
    this.#take = (value) => take(value, this.facts);
  }

  /** @param what in words, for what is not read; without it an answer that is not there says nothing */
  async read(path: string, what: string | undefined, each = (value: unknown) => value): Promise<boolean> {
    const all = pages(path, this.#options);
    for (;;) {
      const { value, done } = await all.next();
      if (done === true) {
        if (value === false && what !== undefined) this.unread(`${what} may not be seen or are not there`);
        return value === true;
      }
      if (!this.#take(each(value))) this.unread(`an answer of ${path.split('?')[0]} was not understood`);
    }
  }

  unread(text: string): void {
    if (!this.facts.unread.includes(text)) this.facts.unread.push(text);
  }
}

/** What GitHub says of one repository. @see https://docs.github.com/rest (2022-11-28) */
export async function fetchGithub(request: FetchRequest, options: AskOptions): Promise<Facts> {
  const [host = '', ...path] = request.repository.split('/');
  const repository = path.join('/');
  const asker = new Asker(options, (value, facts) => takeGithub(value, facts, host));
  const repo = `repos/${repository}`;
  const listed: number[] = [];
  for (const base of request.branches.length === 0 ? [undefined] : request.branches) {
    const filter = base === undefined ? '' : `&base=${encodeURIComponent(base)}`;
    listed.push(
      ...(await pullNumbers(
        `${repo}/pulls?state=closed&sort=updated&direction=desc&per_page=100${filter}`,
        request.from,
        options,
      )),
    );
  }
  // Only the answer about one pull request says who merged it.
  for (const number of listed) await asker.read(`${repo}/pulls/${number}`, `pull request ${number}`);
  for (const { head } of [...asker.facts.changes]) {
    await asker.read(`${repo}/commits/${head}/check-runs?per_page=100&filter=all`, `check runs of ${head}`);
    await asker.read(`${repo}/commits/${head}`, `commit ${head}`);
  }
  for (const branch of branchesOf(asker.facts.changes)) {
    const name = encodeURIComponent(branch);
    await asker.read(`${repo}/branches/${name}/protection`, `protections of ${branch}`, (value) => ({
      ...z.record(z.string(), z.unknown()).parse(value),
      url: `/branches/${name}/protection`,
    }));
  }
  await rulesets(repo, asker, options);
  await ruleSuites(repo, request, asker, options);
  const phrase = encodeURIComponent(`action:protected_branch.policy_override repo:${repository}`);
  await asker.read(`orgs/${path[0]}/audit-log?per_page=100&phrase=${phrase}`, 'audit log events');
  return asker.facts;
}

const listedPull = z.array(
  z.object({ number: z.int(), merged_at: z.string().nullable(), updated_at: z.string() }),
);

async function pullNumbers(path: string, from: string, options: AskOptions): Promise<number[]> {
  const numbers: number[] = [];
  for await (const page of pages(path, options)) {
    const all = listedPull.parse(page);
    numbers.push(...all.filter(({ merged_at }) => (merged_at ?? '') >= from).map(({ number }) => number));
    // Sorted by their last change: what follows was merged before it at the latest.
    if (all.some(({ updated_at }) => updated_at < from)) break;
  }
  return numbers;
}

async function rulesets(repo: string, asker: Asker, options: AskOptions): Promise<void> {
  const ids: number[] = [];
  for await (const page of pages(`${repo}/rulesets?per_page=100`, options))
    ids.push(
      ...z
        .array(z.object({ id: z.int() }))
        .parse(page)
        .map(({ id }) => id),
    );
  for (const id of ids) await asker.read(`${repo}/rulesets/${id}`, `ruleset ${id}`);
}

const MONTH = 31 * 86_400_000;

/** Pushes that passed over a ruleset. GitHub tells those of the last month only. */
async function ruleSuites(
  repo: string,
  { branches, from }: FetchRequest,
  asker: Asker,
  { now }: AskOptions,
): Promise<void> {
  const asked = 'rule_suite_result=bypass&time_period=month&per_page=100';
  let seen = true;
  for (const branch of branches.length === 0 ? [undefined] : branches) {
    const ref = branch === undefined ? '' : `&ref=${encodeURIComponent(`refs/heads/${branch}`)}`;
    seen &&= await asker.read(`${repo}/rulesets/rule-suites?${asked}${ref}`, 'evaluations of rulesets');
  }
  if (seen && Date.parse(from) < now() - MONTH)
    asker.unread('GitHub tells of rulesets that were passed over for the last month only');
}

/** What GitLab says of one project. @see https://docs.gitlab.com/api/rest/ */
export async function fetchGitlab(request: FetchRequest, options: AskOptions): Promise<Facts> {
  const project = `projects/${encodeURIComponent(request.repository.split('/').slice(1).join('/'))}`;
  const asker = new Asker(options, takeGitlab);
  for (const branch of request.branches.length === 0 ? [undefined] : request.branches) {
    const target = branch === undefined ? '' : `&target_branch=${encodeURIComponent(branch)}`;
    const since = `updated_after=${request.from}T00:00:00Z`;
    await asker.read(
      `${project}/merge_requests?state=merged&scope=all&per_page=100&${since}${target}`,
      'merge requests',
    );
  }
  for (const change of [...asker.facts.changes]) {
    const seen = asker.facts.checks.length;
    await asker.read(
      `${project}/merge_requests/${change.number}/pipelines?per_page=100`,
      `pipelines of merge request ${change.number}`,
    );
    for (const check of asker.facts.checks.slice(seen)) await variables(project, check, options);
    if (change.head !== '')
      await asker.read(`${project}/repository/commits/${change.head}`, `commit ${change.head}`);
  }
  await asker.read(`${project}/protected_branches?per_page=100`, 'protected branches');
  for (const branch of branchesOf(asker.facts.changes))
    if (protectionsOf({ branch }, asker.facts.protections).length === 0)
      asker.unread(`no protected branch matches ${branch}`);
  return asker.facts;
}

async function variables(
  project: string,
  check: Facts['checks'][number],
  options: AskOptions,
): Promise<void> {
  const id = check.name.replace(/\D/g, '');
  for await (const page of pages(`${project}/pipelines/${id}/variables`, options))
    check.variables.push(
      ...z
        .array(z.object({ key: z.string() }))
        .parse(page)
        .map(({ key }) => key),
    );
}

const branchesOf = (changes: readonly Change[]): string[] =>
  [...new Set(changes.map(({ branch }) => branch))].sort();
