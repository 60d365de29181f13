import { resolve } from 'node:path';
import type { Judged } from '../../engine/index.ts';
import type { Bundle } from '../../policy/index.ts';
import { ExhibitError, plural } from '../../record/index.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import type { Gap } from '../evidence/record-run.ts';
import { type Baseline, readBaseline, writeBaseline } from '../gate/baseline.ts';
import { type Changes, changesSince } from '../gate/changed.ts';
import { advise, type KnownCounts, markKnown } from '../gate/known.ts';
import { buildReport, type CheckReport, type KnownReport, type ReportOptions } from '../report/report.ts';
import { sentence } from '../terminal/table.ts';

/** How a run gates, beside its thresholds. */
export interface GateOptions {
  /** Say what would block, and block nothing. */
  advisory?: boolean;
  /** File of known violations. */
  baseline?: string | undefined;
  writeBaseline?: string | undefined;
  /** Commit since which git is asked for changes. */
  changedSince?: string | undefined;
  /** Evidence folder or server with the records of hooks; true: the one of the settings. */
  expectPreCommit?: string | true | undefined;
  requirePreCommit?: boolean;
}

export interface Concluded {
  /** As it is recorded: with what is known, and with what was done about it. */
  judged: Judged;
  report: CheckReport;
  gaps: Gap[];
}

export interface Gate {
  conclude(found: Judged, bundle: Bundle, options: ReportOptions): Promise<Concluded>;
}

/**
 * Reads what the gate compares with, before anything is judged.
 * @throws ExhibitError NOT_FOUND, CONFIG_INVALID, USAGE
 */
export function openGate(options: GateOptions, config: Config, context: Context): Gate {
  const { cwd } = context;
  const changes = options.changedSince === undefined ? undefined : changesSince(options.changedSince, cwd);
  const baseline =
    options.baseline === undefined ? undefined : readBaseline(options.baseline, cwd, changes?.commit);
  const expected = expectedPlace(options, config);
  const failOnKnown = config.fail_on_known?.value ?? 'high';
  return {
    async conclude(found, bundle, base) {
      const marked =
        baseline === undefined && changes === undefined
          ? { judged: found, counts: undefined }
          : markKnown(found, { baseline, changes, failOnKnown });
      const known = marked.counts && knownReport(marked.counts, baseline, changes, failOnKnown);
      // It reads a log, which most runs need not load.
      const compare = expected === undefined ? undefined : await import('../gate/pre-commit.ts');
      const pre_commit =
        expected === undefined || changes === undefined
          ? undefined
          : await compare?.preCommitReport(expected, changes.commit, context);
      const stated: ReportOptions = {
        ...base,
        ...(known === undefined ? {} : { known }),
        ...(pre_commit === undefined ? {} : { pre_commit }),
        requirePreCommit: options.requirePreCommit === true,
      };
      if (options.writeBaseline !== undefined) {
        const count = writeBaseline(resolve(cwd, options.writeBaseline), found.decisions);
        const text = `wrote ${plural(count, 'violation')} to the baseline ${options.writeBaseline}`;
        context.stderr.write(sentence(text, context.stderr));
      }
      let judged = marked.judged;
      let report = buildReport(judged, bundle, stated);
      if (options.advisory === true) {
        const advisory = { exit_code: report.exit_code, reason: report.reason };
        judged = advise(judged);
        report = buildReport(judged, bundle, { ...stated, advisory });
      }
      const gate = {
        exit_code: report.exit_code,
        ...(options.advisory === true ? { advisory: true } : {}),
        ...(known === undefined ? {} : { known: { ...known } }),
      };
      return {
        judged: { ...judged, gate },
        report,
        gaps: compare && pre_commit && pre_commit.missing.length > 0 ? [compare.gapOf(pre_commit)] : [],
      };
    },
  };
}

function knownReport(
  counts: KnownCounts,
  baseline: Baseline | undefined,
  changes: Changes | undefined,
  fail_on: KnownReport['fail_on'],
): KnownReport {
  const { blocking, gone } = counts;
  return {
    fail_on,
    blocking,
    ...(baseline === undefined
      ? {}
      : {
          baseline: {
            file: baseline.file,
            digest: baseline.digest,
            found: counts.baseline,
            gone,
            ignored: baseline.ignored,
          },
        }),
    ...(changes === undefined
      ? {}
      : { changed_since: { ref: changes.ref, commit: changes.commit, unchanged: counts.unchanged } }),
  };
}

/** @throws ExhibitError USAGE */
function expectedPlace(options: GateOptions, config: Config): string | undefined {
  const asked = options.expectPreCommit ?? (options.requirePreCommit === true ? true : undefined);
  if (asked === undefined) return undefined;
  if (options.changedSince === undefined)
    throw new ExhibitError('USAGE', 'which commits belong to the change is not known', {
      hint: 'Name the commit from which it starts: --changed-since origin/main',
    });
  const place = asked === true ? config.evidence?.value : asked;
  if (place !== undefined) return place;
  throw new ExhibitError('USAGE', 'where the records of hooks are is not known', {
    hint: 'Name the evidence folder or the server: --expect-pre-commit PLACE',
  });
}
