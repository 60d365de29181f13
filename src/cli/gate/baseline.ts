import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import type { Decision } from '../../engine/index.ts';
import { digestOf } from '../../policy/index.ts';
import { type Digest, ExhibitError, SEVERITIES } from '../../record/index.ts';
import { readPlainFile } from '../config/plain-file.ts';
import { writeReport } from '../output/report-file.ts';
import { gitText } from './git.ts';

/** Most bytes of a baseline. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A file of violations that were there before, as `check --write-baseline` writes it. */
export const baselineSchema = z.strictObject({
  schemaVersion: z.literal(1),
  violations: z.array(
    z.strictObject({
      fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
      count: z.int().min(1).describe('how many violations look like this'),
      policy_id: z.string(),
      severity: z.enum(SEVERITIES),
      subject: z.string(),
    }),
  ),
});

export interface Baseline {
  file: string;
  digest: Digest;
  /** How many violations of each fingerprint are known. */
  counts: Map<string, number>;
  /** Known by the file, but not by the file as it was before the change: they do not count. */
  ignored: number;
}

/**
 * What a violation is, wherever its file lies and on whichever line: policy, rule, subject and message, in which the file's name is left
 * out. Hexadecimal SHA-256.
 */
export function fingerprintOf({
  policy_id,
  rule_id,
  subject,
  message,
  location,
  document,
}: Decision): string {
  const file = location.file ?? document?.file;
  const bare = (text: string) => (file === undefined || file === '' ? text : text.replaceAll(file, '<file>'));
  const parts = [policy_id, rule_id, subject.type, bare(subject.id), bare(message ?? '')];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * Reads a baseline. With `since`, only what it held at that commit counts: a change cannot make its own violations known.
 * @throws ExhibitError NOT_FOUND, CONFIG_INVALID
 */
export function readBaseline(file: string, cwd: string, since?: string): Baseline {
  const path = resolve(cwd, file);
  let text: string;
  try {
    text = readPlainFile(path, MOST_BYTES).toString('utf8');
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', `cannot read the baseline ${file}`, {
      cause,
      location: { file },
      hint: `Make one: exhibit check PATH... --write-baseline ${file}`,
    });
  }
  const counts = parse(text, file);
  const baseline = { file, digest: digestOf(Buffer.from(text)), counts, ignored: 0 };
  const before = since === undefined ? undefined : earlier(path, cwd, since);
  if (before === undefined) return baseline;
  const old = before === '' ? new Map<string, number>() : parse(before, file);
  for (const [fingerprint, count] of counts) {
    const kept = Math.min(count, old.get(fingerprint) ?? 0);
    baseline.ignored += count - kept;
    if (kept === 0) counts.delete(fingerprint);
    else counts.set(fingerprint, kept);
  }
  return baseline;
}

/** The file at a commit; empty where it was not there; undefined where it lies outside the repository, so that no change can touch it. */
function earlier(path: string, cwd: string, commit: string): string | undefined {
  const root = gitText(cwd, 'rev-parse', '--show-toplevel')?.trim();
  if (root === undefined) return undefined;
  const name = relative(realOf(root), join(realOf(dirname(path)), basename(path))).replaceAll('\\', '/');
  if (name.startsWith('../')) return undefined;
  return gitText(cwd, 'show', `${commit}:${name}`) ?? '';
}

/** Both sides without links, so that a way around by one is not taken for another place. */
function realOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

function parse(text: string, file: string): Map<string, number> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(file, 'it is not JSON', cause);
  }
  const result = baselineSchema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw invalid(file, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}`);
  }
  const counts = new Map<string, number>();
  for (const { fingerprint, count } of result.data.violations)
    counts.set(fingerprint, (counts.get(fingerprint) ?? 0) + count);
  return counts;
}

function invalid(file: string, why: string, cause?: unknown): ExhibitError {
  return new ExhibitError('CONFIG_INVALID', `the baseline ${file} cannot be used: ${why}`, {
    cause,
    location: { file },
    hint: 'Write it anew with --write-baseline; it is not made by hand.',
  });
}

/** Writes every violation that no override waives. @returns how many @throws ExhibitError OUTPUT_FAILED */
export function writeBaseline(file: string, decisions: readonly Decision[]): number {
  const found = decisions.filter(
    ({ verdict, disposition, would }) =>
      verdict === 'fail' && (would?.disposition ?? disposition) !== 'waived',
  );
  const rows = new Map<string, z.infer<typeof baselineSchema>['violations'][number]>();
  for (const decision of found) {
    const fingerprint = fingerprintOf(decision);
    const { policy_id, severity, subject } = decision;
    const row = rows.get(fingerprint) ?? { fingerprint, count: 0, policy_id, severity, subject: subject.id };
    rows.set(fingerprint, { ...row, count: row.count + 1 });
  }
  const violations = [...rows.values()].sort((a, b) =>
    [a.policy_id, a.subject, a.fingerprint].join('\0') < [b.policy_id, b.subject, b.fingerprint].join('\0')
      ? -1
      : 1,
  );
  writeReport(file, `${JSON.stringify({ schemaVersion: 1, violations }, null, 2)}\n`);
  return found.length;
}
