import {
  cutPages,
  type PipelinesRead,
  type PopulationRow,
  type Seen,
  type SourceExport,
  type TrailRead,
  takePipelines,
  takeTrailEvent,
  uncovered,
} from '../../audit/index.ts';
import {
  type GateRun,
  type GraphqlPage,
  noFacts,
  repositoryKey,
  takeGithub,
  takeGithubGraphql,
  takeGitlab,
} from '../../merges/index.ts';
import { redactText } from '../../record/index.ts';
import type { ExportFile } from './values.ts';

export interface SourceAsked {
  from: string;
  to: string;
  /** Days that the export was asked for, as the caller says. */
  covers: { from: string; to: string } | undefined;
  /** Host and path. */
  repository: string;
  branches: readonly string[];
  workflows: readonly string[];
}

type Left = Map<string, number>;
const leave = (left: Left, reason: string) => left.set(reason, (left.get(reason) ?? 0) + 1);
const listed = (left: Left) => [...left].map(([reason, count]) => ({ reason, count }));
const inPeriod = (at: string, { from, to }: SourceAsked) => at.slice(0, 10) >= from && at.slice(0, 10) <= to;

/** Merged changes of a repository. */
export function mergesOf(
  provider: 'github' | 'gitlab',
  files: readonly ExportFile[],
  asked: SourceAsked,
): SourceExport {
  const facts = noFacts();
  const [host = ''] = asked.repository.split('/');
  const where = new Map<string, string>();
  const unread: string[] = [];
  const pages: GraphqlPage[] = [];
  for (const { values } of files) {
    for (const { where: at, value } of values) {
      const before = facts.changes.length;
      const page = provider === 'github' ? takeGithubGraphql(value, facts) : undefined;
      for (const { url } of facts.changes.slice(before)) where.set(url, at);
      if (page !== undefined) {
        if (page.total !== undefined || page.more !== undefined) pages.push(page);
        if (page.unread > 0) unread.push(`${at}: ${page.unread} of its entries are not understood`);
        continue;
      }
      const taken = provider === 'github' ? takeGithub(value, facts, host) : takeGitlab(value, facts);
      if (!taken) unread.push(`${at} is not understood`);
      for (const { url } of facts.changes.slice(before)) where.set(url, at);
    }
  }
  unread.push(
    ...(pages.length > 0
      ? cutConnection(pages)
      : cutPages(
          files.map(({ values }) => values.length),
          undefined,
        )),
  );
  const left: Left = new Map();
  const told = facts.changes.flatMap((change) => {
    if (change.repository !== asked.repository) leave(left, `of another repository (${change.repository})`);
    else if (!inPeriod(change.merged_at, asked)) leave(left, 'merged outside the period');
    else if (asked.branches.length > 0 && !asked.branches.includes(change.branch))
      leave(left, 'into another branch');
    else if (change.head === '') unread.push(`${change.url}: its last commit is not known`);
    else {
      const runs = facts.checks.flatMap(({ sha, run_url }) =>
        sha === change.head && run_url !== undefined ? [run_url] : [],
      );
      return [
        {
          id: redactText(change.url),
          at: change.merged_at,
          keys: [`${asked.repository}@${change.head}`, change.url, ...runs],
          what: `merged into ${change.branch}`,
          where: where.get(change.url) ?? '',
        },
      ];
    }
    return [];
  });
  const days = facts.changes.map(({ merged_at }) => merged_at.slice(0, 10));
  const gaps = uncovered(asked, days, asked.covers);
  return { source: `${provider} merges`, told, left: listed(left), unread: [...unread, ...gaps] };
}

/** What pages of GraphQL leave out, in words: each says how many there are in all, and whether another follows. */
function cutConnection(pages: readonly GraphqlPage[]): string[] {
  const totals = pages.flatMap(({ total }) => (total === undefined ? [] : [total]));
  const total = totals.length === 0 ? undefined : Math.max(...totals);
  const cut = cutPages(
    pages.map(({ count }) => count),
    total,
  );
  if (cut.length > 0 || total !== undefined) return cut;
  return pages.every(({ more }) => more === true) ? ['no page of the export is the last one'] : [];
}

/** Pipeline runs of a repository. */
export function pipelinesOf(files: readonly ExportFile[], asked: SourceAsked): SourceExport {
  const left: Left = new Map();
  const read: PipelinesRead = { runs: [], total: undefined, unread: [] };
  const counts: number[] = [];
  for (const { values } of files) {
    const before = read.runs.length;
    for (const { where, value } of values) takePipelines(value, where, read);
    counts.push(read.runs.length - before);
  }
  read.unread.push(...cutPages(counts, read.total));
  const told = read.runs.flatMap((run) => {
    if (!isOf(run.url, asked.repository)) leave(left, 'of another repository');
    else if (!inPeriod(run.at, asked)) leave(left, 'started outside the period');
    else if (asked.workflows.length > 0 && !run.names.some((name) => asked.workflows.includes(name)))
      leave(left, 'of another workflow');
    else if (!run.finished) read.unread.push(`${run.url}: it had not ended when it was exported`);
    else
      return [
        { id: redactText(run.url), at: run.at, keys: [run.url], what: run.names.join(', '), where: run.sha },
      ];
    return [];
  });
  const gaps = uncovered(
    asked,
    read.runs.map(({ at }) => at.slice(0, 10)),
    asked.covers,
  );
  return { source: 'pipeline runs', told, left: listed(left), unread: [...read.unread, ...gaps] };
}

const isOf = (url: string, repository: string) =>
  repositoryKey(url).startsWith(`${repository}/`) || repositoryKey(url) === repository;

/** What was made in an account of AWS. */
export function trailOf(files: readonly ExportFile[], asked: SourceAsked): SourceExport {
  const read: TrailRead = { told: [], days: [], left: new Map(), unread: [] };
  for (const { values } of files) for (const { where, value } of values) takeTrailEvent(value, where, read);
  const told = read.told.filter(({ at }) => inPeriod(at, asked));
  if (told.length < read.told.length)
    read.left.set('made outside the period', read.told.length - told.length);
  const unread = [...read.unread, ...uncovered(asked, read.days, asked.covers)];
  return { source: 'cloudtrail', told, left: listed(read.left), unread };
}

/** Runs of the gate in a repository, each with how many items of the population are of its commit. */
export function gateSeen(
  runs: readonly GateRun[],
  rows: readonly PopulationRow[],
  { repository, from, to }: SourceAsked,
): Seen[] {
  const items = Map.groupBy(
    rows.filter(({ layer, commit }) => layer === 'ci' && commit !== null),
    (row) => `${repositoryKey(row.repository ?? '')}@${row.commit}`,
  );
  return runs
    .filter((run) => run.repository === repository && !run.simulated)
    .map((run) => ({
      id: run.record_id,
      keys: [`${run.repository}@${run.commit}`, ...(run.change === '' ? [] : [run.change])],
      items: items.get(`${run.repository}@${run.commit}`)?.length ?? 0,
      own: run.recorded_at.slice(0, 10) >= from && run.recorded_at.slice(0, 10) <= to,
    }));
}

/** Subjects of the population that were judged before or after they were made; known by their id, and by its last part. */
export function subjectsSeen(rows: readonly PopulationRow[]): Seen[] {
  const subjects = Map.groupBy(
    rows.filter(({ layer, subject_id }) => (layer === 'runtime' || layer === 'ci') && subject_id !== null),
    ({ subject_id }) => subject_id ?? '',
  );
  return [...subjects].map(([id, own]) => {
    const last = /[:/]([^:/]+)$/.exec(id)?.[1];
    return { id, keys: last === undefined ? [id] : [id, last], items: own.length, own: true };
  });
}
