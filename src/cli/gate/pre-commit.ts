import { createHash } from 'node:crypto';
import { openReader } from '../../ledger/index.ts';
import { type EvidenceRecord, isDigest, parseRecord } from '../../record/index.ts';
import type { Gap } from '../evidence/record-run.ts';
import type { PreCommitReport } from '../report/report.ts';
import { plural } from '../terminal/text.ts';
import { gitBytes, gitText, names } from './git.ts';
import { HOOK_FILES } from './hook-files.ts';

/** What hooks judged, by the SHA-256 of the bytes of files. */
interface Judged {
  /** In a run that let the commit pass. */
  passed: Set<string>;
  /** In a run that did not. */
  refused: Set<string>;
}

/**
 * Compares the commits of a change with the records of hooks. When a hook runs there is no commit yet, so a commit is known by what
 * its changed files hold: each must have been judged in a run that let it pass. A rebase or an amended message changes nothing.
 * @param folder evidence folder
 * @param base the commit from which the change starts, without it
 * @throws ExhibitError what opening the log throws
 */
export async function preCommitReport(folder: string, base: string, cwd: string): Promise<PreCommitReport> {
  const seen = await judgedByHooks(folder);
  const listed = gitText(cwd, 'rev-list', '--no-merges', '--reverse', `${base}..HEAD`) ?? '';
  const commits = listed.split('\n').filter((line) => line !== '');
  const report: PreCommitReport = { commits: commits.length, judged: 0, without_input: 0, missing: [] };
  for (const commit of commits) {
    const digests = digestsOf(commit, cwd);
    const unknown = digests.filter((digest) => !seen.passed.has(digest));
    if (digests.length === 0) report.without_input += 1;
    else if (unknown.length === 0) report.judged += 1;
    else {
      const state = unknown.some((digest) => seen.refused.has(digest)) ? 'refused' : 'none';
      report.missing.push({ commit, state, files: unknown.length });
    }
  }
  return report;
}

async function judgedByHooks(folder: string): Promise<Judged> {
  const judged: Judged = { passed: new Set(), refused: new Set() };
  const reader = await openReader(folder);
  try {
    const { size } = await reader.checkpoint();
    for await (const { bytes } of reader.entries(0, size)) {
      // Most records are none of a hook; to read each as JSON would take long.
      if (!Buffer.from(bytes).includes('"layer":"pre-commit"')) continue;
      const record = parseRecord(bytes);
      if (record.record_type !== 'run' || record.layer !== 'pre-commit') continue;
      if (record.details?.simulated === true) continue;
      const into = record.details?.exit_code === 0 ? judged.passed : judged.refused;
      for (const digest of await inputsOf(record, (ref) => reader.blob(ref))) into.add(digest);
    }
  } finally {
    await reader.close();
  }
  return judged;
}

async function inputsOf(
  { details }: EvidenceRecord,
  blob: (digest: `sha256:${string}`) => Promise<Uint8Array>,
): Promise<string[]> {
  const { inputs, inputs_ref: ref } = details ?? {};
  const list: unknown =
    typeof ref === 'string' && isDigest(ref) ? JSON.parse(Buffer.from(await blob(ref)).toString()) : inputs;
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
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
