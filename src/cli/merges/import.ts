import { resolve } from 'node:path';
import { dayStart } from '../../lake/index.ts';
import {
  apiBase,
  type Change,
  chooseChanges,
  type Facts,
  fetchGithub,
  fetchGitlab,
  type JudgedChange,
  judgeChanges,
  mergeRecords,
  protectionsOf,
  repositoryKey,
} from '../../merges/index.ts';
import { ExhibitError, formatInstant, redactText } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { tellGenerated } from '../generated.ts';
import { sentence } from '../terminal/table.ts';
import { VERSION } from '../version.ts';
import { readFacts } from './files.ts';
import { ledgerOf, placeOf, record } from './place.ts';
import { show } from './show.ts';

export interface ImportFlags {
  repository: string;
  evidence?: string;
  /** Evidence folder with the runs, where the records go to a server. */
  runs?: string;
  file: string[];
  api?: string;
  branch: string[];
  from?: string;
  to?: string;
  skipLabel: string[];
  requireVerified?: boolean;
  output: 'table' | 'json';
}

/**
 * Compares merged changes with the runs of the gate and records what it finds. Exit 1: a change came past the gate; 3: something
 * could not be read or judged.
 */
export async function importMerges(
  provider: 'github' | 'gitlab',
  flags: ImportFlags,
  context: Context,
): Promise<ExitCode> {
  for (const day of [flags.from, flags.to]) if (day !== undefined) dayStart(day);
  const repository = repositoryKey(flags.repository);
  if (repository.split('/').length < 3)
    throw new ExhibitError('USAGE', `--repository ${flags.repository} is not host/owner/name`, {
      hint: 'Such as github.com/example/shop: as run records name it.',
    });
  const place = placeOf(flags, context);
  const { facts, source } = await factsOf(provider, repository, flags, context);
  const { from, to } = flags;
  const { changes, left } = chooseChanges(facts, { repository, branches: flags.branch, from, to });
  const chosen = { ...facts, changes, overridden: overriddenOf(facts, repository, flags) };
  const ledger = await ledgerOf(place);
  const judged = judgeChanges(chosen, ledger.runs, {
    began: ledger.began,
    ...(ledger.until === undefined ? {} : { until: ledger.until }),
    require_verified: flags.requireVerified === true,
    skip_labels: flags.skipLabel,
  });
  const recorded = await record(place, context, (actor) =>
    mergeRecords(judged.map(redacted), {
      repository,
      source,
      version: VERSION,
      now: formatInstant(context.clock()),
      control_map_digest: ledger.map,
      actor,
      protection: (change) => protectionsOf(change, facts.protections),
    }),
  );
  const unread = [...facts.unread, ...(facts.protections.length === 0 ? [NO_PROTECTION] : [])];
  const generated = tellGenerated(ledger.origin, flags.output, context);
  show({ ...generated, repository, source, judged, left, unread }, flags.output, context);
  if (recorded !== undefined) context.stderr.write(sentence(recorded, context.stderr));
  return exitOf(judged, unread);
}

const NO_PROTECTION = 'nothing says which branches are protected: every merged change was looked at';

function exitOf(judged: readonly JudgedChange[], unread: readonly string[]): ExitCode {
  if (judged.some(({ verdict }) => verdict === 'fail')) return EXIT.violation;
  if (unread.length > 0 || judged.some(({ verdict }) => verdict !== 'pass')) return EXIT.incomplete;
  return EXIT.ok;
}

async function factsOf(
  provider: 'github' | 'gitlab',
  repository: string,
  flags: ImportFlags,
  context: Context,
): Promise<{ facts: Facts; source: string }> {
  const [host = ''] = repository.split('/');
  if (flags.file.length > 0) {
    if (flags.api !== undefined) throw new ExhibitError('USAGE', 'either --file or --api, not both');
    const files = flags.file.map((file) => resolve(context.cwd, file));
    return { facts: await readFacts(provider, files, host), source: 'files' };
  }
  if (flags.from === undefined)
    throw new ExhibitError('USAGE', 'from which day on?', {
      hint: 'Give --from YYYY-MM-DD to ask the API, or --file with what was exported.',
    });
  const base = apiBase(flags.api ?? defaultApi(provider, host));
  const request = { repository, branches: flags.branch, from: flags.from };
  const options = {
    base,
    headers: headersOf(provider, context),
    now: context.clock,
    sleep: (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds)),
  };
  const facts =
    provider === 'github' ? await fetchGithub(request, options) : await fetchGitlab(request, options);
  return { facts, source: base.origin };
}

function defaultApi(provider: 'github' | 'gitlab', host: string): string {
  if (provider === 'gitlab') return `https://${host}/api/v4`;
  return host === 'github.com' ? 'https://api.github.com' : `https://${host}/api/v3`;
}

function headersOf(provider: 'github' | 'gitlab', { env }: Context): Record<string, string> {
  const token = provider === 'github' ? env.GITHUB_TOKEN : env.GITLAB_TOKEN;
  return {
    'user-agent': `exhibit/${VERSION}`,
    ...(provider === 'github'
      ? { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' }
      : {}),
    ...(token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` }),
  };
}

/** Protections that were passed over in this repository, in the period, on the branches that are asked for. */
function overriddenOf(
  { overridden }: Facts,
  repository: string,
  { from, to, branch }: ImportFlags,
): Facts['overridden'] {
  return overridden
    .filter(
      ({ repository: own }) => own === undefined || own === repository || repository.endsWith(`/${own}`),
    )
    .filter((event) => {
      const day = event.at.slice(0, 10);
      return (
        (from === undefined || day >= from) &&
        (to === undefined || day <= to) &&
        (branch.length === 0 || event.branch === undefined || branch.includes(event.branch))
      );
    })
    .map((event) => ({ ...event, repository }));
}

/** Addresses, titles and labels are texts of others: what looks like a secret is not kept. */
function redacted(each: JudgedChange): JudgedChange {
  const change: Change = { ...each.change, url: redactText(each.change.url) };
  return {
    ...each,
    change,
    message: redactText(each.message),
    causes: each.causes.map(({ cause, text }) => ({ cause, text: redactText(text) })),
  };
}
