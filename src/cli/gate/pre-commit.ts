import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { z } from 'zod';
import { type HookState, JudgedByHooks } from '../../audit/index.ts';
import { openReader } from '../../ledger/index.ts';
import { plural } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { askServer } from '../evidence/ask.ts';
import type { Gap } from '../evidence/record-run.ts';
import { isServer } from '../evidence/remote.ts';
import type { PreCommitReport } from '../report/report.ts';
import { gitBytes, gitText, names } from './git.ts';
import { HOOK_FILES } from './hook-files.ts';

/**
 * Compares the commits of a change with the records of hooks. When a hook runs there is no commit yet, so a commit is known by what
 * its changed files hold: each must have been judged in a run that let it pass. A rebase or an amended message changes nothing.
 * @param place evidence folder, or URL of a server
 * @param base the commit from which the change starts, without it
 * @throws ExhibitError what opening the log throws; SERVER_UNREACHABLE, AUTH_... of a server
 */
export async function preCommitReport(
  place: string,
  base: string,
  context: Pick<Context, 'cwd' | 'env'>,
): Promise<PreCommitReport> {
  const { cwd } = context;
  const listed = gitText(cwd, 'rev-list', '--no-merges', '--reverse', `${base}..HEAD`) ?? '';
  const commits = listed
    .split('\n')
    .filter((line) => line !== '')
    .map((commit) => ({ commit, digests: digestsOf(commit, cwd) }));
  const all = [...new Set(commits.flatMap(({ digests }) => digests))];
  const states = await statesOf(place, all, context);
  const report: PreCommitReport = { commits: commits.length, judged: 0, without_input: 0, missing: [] };
  for (const { commit, digests } of commits) {
    const unknown = digests.filter((digest) => states.get(digest) !== 'passed');
    if (digests.length === 0) report.without_input += 1;
    else if (unknown.length === 0) report.judged += 1;
    else {
      const state = unknown.some((digest) => states.get(digest) === 'refused') ? 'refused' : 'none';
      report.missing.push({ commit, state, files: unknown.length });
    }
  }
  return report;
}

/** What hooks said of files. A digest that is not in it was judged by none. */
async function statesOf(
  place: string,
  digests: readonly string[],
  context: Pick<Context, 'cwd' | 'env'>,
): Promise<ReadonlyMap<string, HookState>> {
  if (isServer(place)) return askStates(place, digests, context);
  const judged = new JudgedByHooks();
  const reader = await openReader(resolve(context.cwd, place));
  try {
    await judged.look(reader);
  } finally {
    await reader.close();
  }
  return new Map(digests.map((digest) => [digest, judged.stateOf(digest)]));
}

const answer = z.object({ passed: z.array(z.string()), refused: z.array(z.string()) });
/** Most digests of one question; the server takes as many. */
const MOST_ASKED = 10_000;

async function askStates(
  url: string,
  digests: readonly string[],
  context: Pick<Context, 'env'>,
): Promise<ReadonlyMap<string, HookState>> {
  const states = new Map<string, HookState>();
  for (let at = 0; at < digests.length; at += MOST_ASKED) {
    const asked = digests.slice(at, at + MOST_ASKED);
    const told = await askServer(
      url,
      '/v1/judged-by-hooks',
      { schemaVersion: 1, digests: asked },
      answer,
      context,
    );
    for (const digest of told.refused) states.set(digest, 'refused');
    for (const digest of told.passed) states.set(digest, 'passed');
  }
  return states;
}

/** SHA-256 of the files that a commit adds or changes, of those that a hook judges. */
function digestsOf(commit: string, cwd: string): string[] {
  const text = gitText(cwd, 'diff-tree', '-r', '-z', '--root', '--no-commit-id', '--no-renames', commit);
  const parts = names(text);
  const digests: string[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, mode = '', , blob = '', status = ''] = (parts[at] ?? '').split(' ');
    if (status === 'D' || !mode.startsWith('100') || !HOOK_FILES.test(parts[at + 1] ?? '')) continue;
    const bytes = gitBytes(cwd, ['cat-file', 'blob', blob]);
    // What cannot be read has no record.
    digests.push(
      `sha256:${createHash('sha256')
        .update(bytes ?? blob)
        .digest('hex')}`,
    );
  }
  return digests;
}

const MOST_LISTED = 100;

/** The record that says so: a hook leaves no trace where it was skipped. */
export function gapOf({ commits, missing }: PreCommitReport): Gap {
  const short = missing.slice(0, 5).map(({ commit }) => commit.slice(0, 12));
  const more = missing.length > short.length ? ` and ${missing.length - short.length} more` : '';
  return {
    layer: 'pre-commit',
    message: `${missing.length} of ${plural(commits, 'commit')} without a pre-commit record: ${short.join(', ')}${more}`,
    details: {
      gap: 'pre-commit',
      commits,
      missing: missing.slice(0, MOST_LISTED),
      ...(missing.length > MOST_LISTED ? { not_listed: missing.length - MOST_LISTED } : {}),
    },
  };
}
