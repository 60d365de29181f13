/**
 * What the people who write policies call. Imported late: a check only loads a bundle, and needs neither a YAML parser with
 * positions nor the compiler's tools.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../record/index.ts';
import type { Approved, ApproveOptions } from './approval/approve.ts';
import type { BuildOptions, BuiltBundle } from './build.ts';
import type { Change, Side } from './diff/index.ts';
import type { ExportFormat } from './export/index.ts';
import type { KyvernoExport } from './export/kyverno.ts';
import type { ExportOptions, ExportWritten } from './export/run.ts';
import type { Committed } from './git.ts';
import type { InitOptions, InitResult } from './init.ts';
import type { TestReport, TestRepositoryOptions } from './test-repository.ts';
import type {
  Files,
  Opa,
  Override,
  OverrideRules,
  Problem,
  Repository,
  TicketCheck,
  WrittenOverride,
} from './types.ts';

/** The bytes that an approver of an override signs. @throws ExhibitError NOT_FOUND */
export async function approvalBytesOf({ files, config }: Repository, id: string): Promise<Uint8Array> {
  const { overrideFile } = await import('./approval/approve.ts');
  return (await import('./approval/check.ts')).approvalBytes(overrideFile(files, id).value, config.name);
}

/** The file that keeps a tracker's answer about an override's ticket, with its bytes. @see approval/ticket.ts */
export async function ticketReceipt(
  { file, override }: WrittenOverride,
  check: TicketCheck,
): Promise<{ file: string; bytes: Uint8Array }> {
  const ticket = await import('./approval/ticket.ts');
  return { file: ticket.ticketFile(file), bytes: ticket.ticketReceipt(override, check) };
}

/** Why an override with this answer would not apply by the rules of its repository; undefined: it does. */
export async function refusedTicket(
  check: TicketCheck,
  unchecked: OverrideRules['unchecked_tickets'],
): Promise<string | undefined> {
  return (await import('./approval/ticket.ts')).refusedTicket(check, unchecked);
}

/** What approving an override changes in the repository. @see approval/approve.ts */
export async function approveOverride(
  repository: Repository,
  id: string,
  options: ApproveOptions,
): Promise<Approved> {
  return (await import('./approval/approve.ts')).approveOverride(repository, id, options);
}

/** Builds the bundle of a policy repository from its committed tree. @see build.ts */
export async function buildBundle(folder: string, options: BuildOptions): Promise<BuiltBundle> {
  return (await import('./build.ts')).buildBundle(folder, options);
}

/** Every difference between two versions of the policies. @see diff/index.ts */
export async function compareVersions(before: Side, after: Side): Promise<Change[]> {
  return (await import('./diff/index.ts')).compareVersions(before, after);
}

/** What `git diff` shows between the rules of two versions. @see diff/rules.ts */
export async function unifiedDiff(before: Side, after: Side, paths: readonly string[]): Promise<string> {
  return (await import('./diff/index.ts')).unifiedDiff(before, after, paths);
}

/** Reads what a commit of a policy repository holds. @see git.ts */
export async function readCommitted(folder: string, name?: string): Promise<Committed | undefined> {
  return (await import('./git.ts')).readCommitted(folder, name);
}

/** Policies and overrides for Kyverno and the API server. @see export/kyverno.ts */
export async function exportKyverno(
  repository: Pick<Repository, 'policies' | 'files'>,
  overrides: readonly Override[],
  clock?: Clock,
): Promise<KyvernoExport> {
  return (await import('./export/kyverno.ts')).exportKyverno(repository, overrides, clock);
}

/** Says what a folder of an export has that its source does not say now. @see export/run.ts */
export async function checkExportFolder(
  folder: string,
  format: string,
  out: string,
  options: { opa: Opa; shown?: string },
): Promise<Problem[]> {
  return (await import('./export/run.ts')).checkExportFolder(folder, format, out, options);
}

/** Every form that policies are exported in. */
export async function exportFormats(): Promise<readonly ExportFormat[]> {
  return (await import('./export/index.ts')).EXPORTS;
}

/** Writes the policies of a repository in the form of another tool. @see export/run.ts */
export async function exportPolicies(
  folder: string,
  format: string,
  out: string,
  options: ExportOptions,
): Promise<ExportWritten> {
  return (await import('./export/run.ts')).exportPolicies(folder, format, out, options);
}

/** Starts a policy repository; never overwrites a file. @see init.ts */
export async function initRepository(folder: string, options: InitOptions = {}): Promise<InitResult> {
  return (await import('./init.ts')).initRepository(folder, options);
}

/** Overrides that may cover more than they seem to. @see lint-overrides.ts */
export async function lintOverrides(repository: Pick<Repository, 'written_overrides'>): Promise<Problem[]> {
  return (await import('./lint-overrides.ts')).lintOverrides(repository);
}

/** What is wrong with the overrides of a repository whose files have changed since it was read. @see override-files.ts */
export async function overrideProblems(
  repository: Pick<Repository, 'config' | 'policies' | 'folder'>,
  files: Files,
  at: number,
): Promise<Problem[]> {
  return (await import('./override-files.ts')).overrideProblems(repository, files, at);
}

/**
 * Whether a file belongs to a policy repository by its `exhibit.yaml`, as it is on the disk.
 * @param path below the repository, with `/`
 */
export async function ownsFile(folder: string, path: string): Promise<boolean> {
  const { belongs, readConfig, CONFIG_FILE } = await import('./tree.ts');
  const text = await readFile(join(folder, CONFIG_FILE)).catch(() => undefined);
  if (text === undefined) return false;
  return belongs(path, readConfig(new Map([[CONFIG_FILE, text]])).config);
}

/** Everything that is wrong or missing in a repository, with its place. @see lint.ts */
export async function lintRepository(repository: Repository, options: { opa: Opa }): Promise<Problem[]> {
  return (await import('./lint.ts')).lintRepository(repository, options);
}

/** Reads a policy repository from files that were read before. @see repository.ts */
export async function readFiles(folder: string, files: Files, opa: Opa, at: number): Promise<Repository> {
  return (await import('./repository.ts')).readFiles(folder, files, opa, at);
}

/** Reads a policy repository with what is wrong in it. @see repository.ts */
export async function readRepository(
  folder: string,
  options: { opa: Opa; now?: number; over?: Files },
): Promise<Repository> {
  return (await import('./repository.ts')).readRepository(folder, options);
}

/** Tests a repository with the real `opa test` and judges its examples. @see test-repository.ts */
export async function testRepository(
  repository: Repository,
  options: TestRepositoryOptions,
): Promise<TestReport> {
  return (await import('./test-repository.ts')).testRepository(repository, options);
}
