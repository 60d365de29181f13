import { formatInstant } from '../../record/index.ts';
import { readPerson, samePerson } from '../person.ts';
import { type GitRun, outputOf } from './git-in.ts';
import type { MergedChange, Release, Reviewer } from './types.ts';

/** What a commit says of itself. */
export interface CommitFacts extends Pick<Release, 'author' | 'authored_at' | 'committer' | 'committed_at'> {
  reviewers: Reviewer[];
  merged?: MergedChange;
  /** True for a commit of more than one parent. */
  merge: boolean;
}

const FORMAT = ['%an <%ae>', '%at', '%cn <%ce>', '%ct', '%P', '%(trailers:only=true,unfold=true)', '%B'].join(
  '%x00',
);

/** @throws ExhibitError TOOL_FAILED */
export async function readCommit(git: GitRun, revision: string): Promise<CommitFacts> {
  const text = await outputOf(git, [
    'log',
    '-1',
    '--no-show-signature',
    `--format=${FORMAT}`,
    revision,
    '--',
  ]);
  const [author = '', at = '', committer = '', ct = '', parents = '', trailers = '', message = ''] =
    text.split('\0');
  return commitFacts({
    author,
    authored: Number(at),
    committer,
    committed: Number(ct),
    parents,
    trailers,
    message,
  });
}

export interface RawCommit {
  author: string;
  authored: number;
  committer: string;
  committed: number;
  parents: string;
  trailers: string;
  message: string;
}

/** Reviewers and merged change, from trailers, from a merge and from the words of the code hosts. */
export function commitFacts(raw: RawCommit): CommitFacts {
  const trailers = trailersOf(raw.trailers);
  const merge = raw.parents.trim().split(/\s+/).length > 1;
  const named = trailers.filter(({ key }) => /^(reviewed|approved)-by$/.test(key)).map(({ value }) => value);
  const reviewer = (name: string, source: Reviewer['source']): Reviewer => ({
    name,
    source,
    assurance: 'stated',
    independent: independent(name, raw.author),
  });
  const merged = mergedChange(raw.message, merge, trailers);
  return {
    author: raw.author,
    authored_at: formatInstant(raw.authored * 1_000),
    committer: raw.committer,
    committed_at: formatInstant(raw.committed * 1_000),
    reviewers: [
      ...[...new Set(named)].map((name) => reviewer(name, 'trailer')),
      ...(merge ? [reviewer(raw.committer, 'merge')] : []),
    ],
    ...(merged === undefined ? {} : { merged }),
    merge,
  };
}

interface Trailer {
  key: string;
  value: string;
}

function trailersOf(text: string): Trailer[] {
  return text.split('\n').flatMap((line) => {
    const [, key = '', value = ''] = /^([A-Za-z0-9-]+)\s*:\s*(.+)$/.exec(line) ?? [];
    return key === '' ? [] : [{ key: key.toLowerCase(), value: value.trim() }];
  });
}

/** Two texts that may name one person, or nobody, are not two people. */
export function independent(name: string, author: string): boolean {
  const [a, b] = [readPerson(name), readPerson(author)];
  return typeof a !== 'string' && typeof b !== 'string' && !samePerson(a, b);
}

const URL_TRAILER = /^(pr-url|pull-request|merge-request|change-url)$/;
/** What GitHub, Azure DevOps, Bitbucket and GitLab write into the commit that they merge with. */
const BY_HOST: readonly RegExp[] = [
  /^Merge pull request (#\d+) /,
  /^Merged PR (\d+):/,
  /^Merged in .* \(pull request (#\d+)\)/,
  /^See merge request (\S*!\d+)\s*$/m,
];
/** GitHub's and Gitea's squash. */
const SUBJECT = /^[^\n]*\((#\d+)\)\s*(?:\n|$)/;

/** @see git-interpret-trailers(1); the code hosts' default messages of merge commits */
function mergedChange(
  message: string,
  merge: boolean,
  trailers: readonly Trailer[],
): MergedChange | undefined {
  const url = trailers.find(
    ({ key, value }) => URL_TRAILER.test(key) && /^https?:\/\/\S+$/.test(value),
  )?.value;
  const id = BY_HOST.map((form) => form.exec(message)?.[1]).find((found) => found !== undefined);
  const link = url === undefined ? {} : { url };
  if (id !== undefined) return { id, ...link, source: merge ? 'merge-commit' : 'subject' };
  const subject = SUBJECT.exec(message)?.[1];
  if (subject !== undefined) return { id: subject, ...link, source: 'subject' };
  if (url === undefined) return undefined;
  const number = /\/(?:pull|pulls|merge_requests|pullrequest|pull-requests)\/(\d+)\/?$/.exec(url)?.[1];
  return { id: number === undefined ? url : `#${number}`, url, source: 'trailer' };
}
