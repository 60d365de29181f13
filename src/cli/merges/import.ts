import { resolve } from 'node:path';
import { dayStart, query } from '../../lake/index.ts';
import { type Ledger, openReader } from '../../ledger/index.ts';
import {
  apiBase,
  type Change,
  chooseChanges,
  type Facts,
  fetchGithub,
  fetchGitlab,
  gateRuns,
  type JudgedChange,
  judgeChanges,
  mergeRecords,
  protectionsOf,
  repositoryKey,
} from '../../merges/index.ts';
import { ExhibitError, formatInstant, parseRecord, redactText } from '../../record/index.ts';
import { resolveConfig } from '../config/config.ts';
import type { Context } from '../context.ts';
import { actorReference } from '../evidence/actors.ts';
import { isServer } from '../evidence/remote.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { VERSION } from '../version.ts';
import { readFacts } from './files.ts';
import { show } from './show.ts';

export interface ImportFlags {
  repository: string;
  evidence?: string;
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
  const folder = evidenceFolder(flags, context);
  const { facts, source } = await factsOf(provider, repository, flags, context);
  const { from, to } = flags;
  const { changes, left } = chooseChanges(facts, { repository, branches: flags.branch, from, to });
  const chosen = { ...facts, changes, overridden: facts.overridden.filter(within(repository, flags)) };
  const reader = await openReader(folder);
  const ledger = { runs: await gateRuns(reader), began: await began(reader), map: await mapInForce(reader) };
  await reader.close();
  const judged = judgeChanges(chosen, ledger.runs, {
    began: ledger.began,
    require_verified: flags.requireVerified === true,
    skip_labels: flags.skipLabel,
  });
  const writer = await openWriter(folder, context);
  try {
    const records = mergeRecords(judged.map(redacted), {
      repository,
      source,
      version: VERSION,
      now: formatInstant(context.clock()),
      control_map_digest: ledger.map,
      actor: (name) => actorReference(folder, name, context.random),
      protection: (change) => protectionsOf(change, facts.protections),
    });
    await writer.appendNumbered(records);
    await writer.seal();
    await remember(writer, context);
  } finally {
    await writer.close();
  }
  const unread = [...facts.unread, ...(facts.protections.length === 0 ? [NO_PROTECTION] : [])];
  show({ repository, source, judged, left, unread }, flags.output, context);
  return exitOf(judged, unread);
}

const NO_PROTECTION = 'nothing says which branches are protected: every merged change was looked at';

function exitOf(judged: readonly JudgedChange[], unread: readonly string[]): ExitCode {
  if (judged.some(({ verdict }) => verdict === 'fail')) return EXIT.violation;
  if (unread.length > 0 || judged.some(({ verdict }) => verdict !== 'pass')) return EXIT.incomplete;
  return EXIT.ok;
}

function evidenceFolder(flags: ImportFlags, context: Context): string {
  const found = resolveConfig(flags.evidence === undefined ? {} : { evidence: flags.evidence }, context)
    .evidence?.value;
  if (found === undefined || isServer(found))
    throw new ExhibitError('USAGE', 'which evidence folder?', {
      hint: 'Name the folder with --evidence: merges are compared with the runs that its log holds.',
    });
  return resolve(context.cwd, found);
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

function within(repository: string, { from, to, branch }: ImportFlags) {
  return (event: Facts['overridden'][number]): boolean => {
    const day = event.at.slice(0, 10);
    return (
      (event.repository === undefined || event.repository === repository) &&
      (from === undefined || day >= from) &&
      (to === undefined || day <= to) &&
      (branch.length === 0 || event.branch === undefined || branch.includes(event.branch))
    );
  };
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

async function began(reader: Pick<Ledger, 'checkpoint' | 'entry'>): Promise<string | undefined> {
  if ((await reader.checkpoint()).size === 0) return undefined;
  return parseRecord((await reader.entry(0)).bytes).recorded_at;
}

async function mapInForce(reader: Awaited<ReturnType<typeof openReader>>): Promise<string | undefined> {
  if ((await reader.checkpoint()).size === 0) return undefined;
  const { rows } = await query(reader, { name: 'control-links' });
  const digest = rows.at(-1)?.[1];
  return typeof digest === 'string' ? digest : undefined;
}
