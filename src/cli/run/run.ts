import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { digestOf } from '../../policy/index.ts';
import { ExhibitError, isExhibitError, redactText, uuidv7 } from '../../record/index.ts';
import { openReport, openText, type Problem, type Source } from '../../sources/index.ts';
import { openBundle } from '../check/bundle.ts';
import { type Config, refuseOwnRules } from '../config/config.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit.ts';
import { type CommonFlags, howOf } from '../ingest/common.ts';
import { digestFile } from '../ingest/keep.ts';
import { type Given, ingestOne, type ReportResult } from '../ingest/one.ts';
import { exitOf } from '../ingest/report.ts';
import { openTarget } from '../ingest/target.ts';
import { ingestText } from '../ingest/text.ts';
import { sentence } from '../terminal/table.ts';
import { peek } from './peek.ts';
import { askVersion, type Ended, runTool } from './spawn.ts';
import { asksReport, type Meaning, meaningOf, type Tool, toolOf, versionIn } from './tools.ts';

export interface RunFlags extends CommonFlags {
  /** `auto`, or the format of the reports. */
  format: string;
  /** Files that the tool writes; its standard output where there is none. */
  reports: readonly string[];
  /** Milliseconds. */
  timeout: number;
}

/**
 * Runs a tool and records what it said: its report as decisions, and in the run's record its version, arguments, exit code with what that
 * means, and the digests of what it wrote. A crash or an empty report is an error, never a pass.
 * @throws ExhibitError TOOL_MISSING, wrong settings, an evidence place that takes nothing
 */
export async function runRun(
  [program = '', ...args]: readonly string[],
  config: Config,
  flags: RunFlags,
  context: Context,
): Promise<ExitCode> {
  refuseOwnRules(config, context, flags.useBundle);
  const bundle = flags.useBundle ? (await openBundle(config, context)).bundle : undefined;
  const known = toolOf(program);
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-run-'));
  const target = await openTarget(
    config.evidence?.value,
    bundle,
    uuidv7(context.clock(), context.random),
    context,
  );
  try {
    const place = { cwd: context.cwd, env: withoutOwnTokens(context.env) };
    const version =
      known === undefined
        ? undefined
        : versionIn(askVersion(program, known.version, place) ?? '', known.name);
    const started = context.clock();
    const before = new Map(flags.reports.map((report) => [report, stampOf(resolve(context.cwd, report))]));
    const output = join(folder, 'stdout');
    const ended = await runTool(program, args, {
      ...place,
      file: output,
      timeout: flags.timeout,
      show: {
        stdout: (chunk) => void process.stdout.write(chunk),
        stderr: (chunk) => void process.stderr.write(chunk),
      },
    });
    const reports = flags.reports.length > 0 ? flags.reports : [undefined];
    const results: ReportResult[] = [];
    for (const report of reports) {
      const left = report === undefined ? undefined : before.get(report);
      const read = await open(report, output, { started, left }, context);
      const seen =
        'error' in read ? undefined : await peek(read, flags.format, asksReport(known, ended.code));
      const meaning = meaningOf(known, ended.code, seen?.problems === 0, seen?.fails ?? 0);
      const problems = problemsOf(program, ended, meaning, known, 'error' in read ? read.error : seen?.error);
      const unread = 'error' in read || seen?.error !== undefined;
      const failOn = flags.failOn ?? (meaning === 'findings' ? 'any' : 'none');
      results.push(
        await ingestOne(
          unread ? await nothing(program) : read,
          {
            format: flags.format,
            ...(unread ? { source: noReport(program) } : {}),
            ...(unread || seen?.items === undefined ? {} : { items: seen.items }),
            ...howOf(flags, config, bundle),
            failOn,
            problems,
            tool: version === undefined ? {} : { version },
            invocation: {
              program: basename(program),
              ...(version === undefined ? {} : { version }),
              arguments: args.map((each) => redactText(each)),
              exit_code: ended.code,
              ...(ended.signal === null ? {} : { signal: ended.signal }),
              exit_means: meaning,
              stdout: { sha256: ended.stdout.digest, bytes: ended.stdout.bytes },
              stderr: { sha256: ended.stderr.digest, bytes: ended.stderr.bytes },
            },
          },
          target,
          context,
        ),
      );
    }
    context.stderr.write(ingestText(results, [], flags.useBundle, context.stderr));
    context.stderr.write(sentence(`${basename(program)} ended with ${codeText(ended)}`, context.stderr));
    const recorded = await target.end();
    context.stderr.write(sentence(recorded, context.stderr));
    return exitOf(results, []);
  } finally {
    await target.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A tool may run what the judged repository holds, such as checks of its own: it is not given what speaks for the emitter. */
function withoutOwnTokens(env: Context['env']): Context['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^EXHIBIT_\w*TOKEN$/i.test(name)));
}

/** What changes of a file whenever it is written, also where its time is set by hand; undefined where there is none. */
function stampOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
}

/**
 * The report, or why there is none. One that is older than the run was not written by it, nor one that is as it was before the run,
 * whatever its time says: a cache or an archive can give it any.
 */
async function open(
  report: string | undefined,
  output: string,
  { started, left }: { started: number; left: string | undefined },
  context: Context,
): Promise<Given | { error: ExhibitError }> {
  const name = report === undefined ? 'stdout' : report.replaceAll('\\', '/');
  const path = report === undefined ? output : resolve(context.cwd, report);
  try {
    const read = await digestFile(path, name);
    // File systems keep times to the second at worst.
    const old = read.written < started - 2_000 || (left !== undefined && left === stampOf(path));
    if (report !== undefined && old)
      throw new ExhibitError('INPUT_UNREADABLE', 'the report is older than this run', {
        location: { file: name },
        hint: 'The tool wrote no new one. Remove the old file, and look where the tool writes.',
      });
    return { ...(await openReport(path, name)), name, ...read };
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    return { error };
  }
}

/** A format without results, for a run that left no report. */
function noReport(program: string): Source {
  return {
    id: 'no-report',
    title: 'a run without a report',
    tool: plainTool(program),
    layer: 'ci',
    // Nothing is in it, so nobody knows what passed.
    population: 'varies',
    reference: 'none',
    detect: () => undefined,
    read: () => [],
  };
}

/** A program's name as the prefix of a policy id. */
function plainTool(program: string): string {
  return (
    basename(program)
      .replaceAll(/[^\w.-]/g, '-')
      .toLowerCase() || 'tool'
  );
}

/** Stands for a report that is not there: the run is recorded all the same. */
async function nothing(program: string): Promise<Given> {
  const text = Buffer.from('{}');
  const opened = await openText(text, basename(program));
  return { ...opened, name: basename(program), digest: digestOf(text), bytes: text.length };
}

function problemsOf(
  program: string,
  ended: Ended,
  meaning: Meaning,
  known: Tool | undefined,
  error: ExhibitError | undefined,
): Problem[] {
  const name = basename(program);
  const problems: Problem[] = [];
  const hint =
    known === undefined ? undefined : `${name} writes a report that can be read with: ${known.hint}`;
  if (error !== undefined)
    problems.push({ type: 'problem', message: error.message, hint: hint ?? error.hint });
  if (ended.late) problems.push({ type: 'problem', message: `${name} took too long and was stopped` });
  const ambiguous = ended.code !== null && known?.exits[ended.code] === 'ambiguous';
  if (meaning === 'failed')
    problems.push({
      type: 'problem',
      message: `${name} ended with ${codeText(ended)}, which ${ambiguous ? 'says nothing without a report' : 'is no result of judging'}`,
      hint: 'Its own message stands above.',
    });
  if (meaning === 'unknown' && error === undefined && ended.code !== 0)
    problems.push({
      type: 'problem',
      message: `${name} ended with ${codeText(ended)}, and nothing in its report says why`,
      hint: 'What this code means is not known here. Run the tool itself, without what is around it, or let that end with 0.',
    });
  if (ended.stdout.cut) problems.push({ type: 'problem', message: `${name} wrote more than is kept` });
  return problems;
}

function codeText({ code, signal }: Ended): string {
  return code === null ? `signal ${signal ?? 'unknown'}` : `exit code ${code}`;
}
