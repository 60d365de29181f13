import { z } from 'zod';

const commit = z.string().regex(/^[0-9a-f]{7,64}$/);
const time = z.iso.datetime({ offset: true });

/** A pipeline run, as the code host tells it. */
export interface PipelineRun {
  url: string;
  sha: string;
  /** RFC 3339. */
  at: string;
  /** Name or path of the workflow; what started it for GitLab. */
  names: string[];
  finished: boolean;
}

/** @see https://docs.github.com/rest/actions/workflow-runs (2022-11-28), "List workflow runs for a repository" */
const githubRun = z.object({
  id: z.int(),
  html_url: z.url().max(2_048),
  head_sha: commit,
  created_at: time,
  status: z.string(),
  name: z.string().nullish(),
  path: z.string().nullish(),
});
const githubPage = z.object({ total_count: z.int().min(0), workflow_runs: z.array(z.unknown()) });

/** @see https://docs.gitlab.com/api/pipelines/, "List project pipelines" */
const gitlabRun = z.object({
  id: z.int(),
  web_url: z.url().max(2_048),
  sha: commit,
  created_at: time,
  status: z.string(),
  source: z.string().nullish(),
  ref: z.string().nullish(),
});

export interface PipelinesRead {
  runs: PipelineRun[];
  /** GitHub says with each page how many there are. */
  total: number | undefined;
  unread: string[];
}

/** Takes in a page of runs, or one run. @param value attacker-controlled @param where such as `runs.json: line 1` */
export function takePipelines(value: unknown, where: string, read: PipelinesRead): void {
  const page = githubPage.safeParse(value).data;
  if (page !== undefined) {
    read.total = Math.max(read.total ?? 0, page.total_count);
    for (const [at, run] of page.workflow_runs.entries())
      takePipelines(run, `${where}, workflow_runs[${at}]`, read);
    return;
  }
  const run = runOf(value);
  if (run === undefined)
    read.unread.push(`${where}: neither a run of GitHub Actions nor a pipeline of GitLab`);
  else read.runs.push(run);
}

const GITLAB_ENDED: ReadonlySet<string> = new Set(['success', 'failed', 'canceled', 'skipped']);

function runOf(value: unknown): PipelineRun | undefined {
  const github = githubRun.safeParse(value).data;
  if (github !== undefined)
    return {
      url: github.html_url,
      sha: github.head_sha,
      at: new Date(github.created_at).toISOString(),
      names: [github.name, github.path].filter((name) => typeof name === 'string'),
      finished: github.status === 'completed',
    };
  const gitlab = gitlabRun.safeParse(value).data;
  if (gitlab === undefined) return undefined;
  return {
    url: gitlab.web_url,
    sha: gitlab.sha,
    at: new Date(gitlab.created_at).toISOString(),
    names: [gitlab.source, gitlab.ref].filter((name) => typeof name === 'string'),
    finished: GITLAB_ENDED.has(gitlab.status),
  };
}

/** Page sizes of both hosts, of which a full one may be the first of several. */
const PAGES: ReadonlySet<number> = new Set([20, 30, 50, 100]);

/**
 * What lists leave out, in words. The last page of a list is seldom full; where all are, more may follow.
 * @param counts of each file
 */
export function cutPages(counts: readonly number[], total: number | undefined): string[] {
  const count = counts.reduce((sum, each) => sum + each, 0);
  if (total !== undefined)
    return count < total ? [`the export has ${count} of the ${total} that the code host counts`] : [];
  return counts.length > 0 && counts.every((each) => PAGES.has(each))
    ? [`the export has exactly ${counts.join(' and ')}: more pages may follow`]
    : [];
}
