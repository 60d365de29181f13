import { z } from 'zod';
import { addDays, dayStart, daysOf, logDays } from '../../lake/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import type { ExpectedEmitter } from '../../policy/index.ts';
import { isDigest } from '../../record/index.ts';
import { periodEnd, type Scope } from '../scope/scope.ts';
import { type Answers, askAll } from './ask.ts';
import { changesOf } from './changes.ts';
import { completenessOf } from './completeness.ts';
import { controlsOf, denominatorsOf, totalsOf } from './controls.ts';
import { latestOf } from './latest.ts';
import { overrideDays } from './override-days.ts';
import { overridesOf } from './overrides.ts';
import { rowsOf } from './rows.ts';
import { type AuditReport, auditReportSchema } from './schema.ts';
import { standingOf } from './standing.ts';
import { inForce, linksOf, readVersions, type StatedVersion } from './versions.ts';

export interface ReportOptions {
  /** UTC day of the caller's clock: what is after it is the future. */
  today: string;
  /** What a verification of the ledger came to; `not_run` where nobody asked for one. */
  verification?: AuditReport['standing']['verification'];
  /** In one line, how far trust in the checkpoint reaches. */
  level: string;
  engagement?: string;
  /** Where all of its questions were asked already, for the same scope. */
  answers?: Answers;
  progress?: (done: number, total: number) => void;
}

/**
 * What the evidence of a scope says, whole: every page and file is made from it. Each question is asked once for all controls.
 * @throws ExhibitError LEDGER_..., LAKE_FAILED, QUERY_FAILED
 */
export async function readReport(
  reader: LedgerReader,
  scope: Scope,
  options: ReportOptions,
): Promise<AuditReport> {
  const { framework, from, to } = scope;
  const { origin, size, root } = await reader.checkpoint();
  const end = await periodEnd(reader, scope);
  const logged = size === 0 ? [] : await logDays(reader);
  const until = [to, options.today].sort()[0] ?? to;
  const answers = options.answers ?? (await askAll(reader, scope, options.progress));
  const { versions, problems } = await readVersions(reader, answers['policy-records']);
  const before = dayStart(addDays(to, 1));
  const current = inForce(versions, before);
  const { links, problems: mapProblems } = await linksOf(reader, current, framework, to);
  const stated = current.flatMap(({ frameworks }) => frameworks).findLast(({ id }) => id === framework);
  const changes = changesOf(versions, dayStart(from), before);
  const period = until < from ? [] : daysOf({ from, to: until });
  // Of a day that is not over, what did not come yet is not missing.
  const unfinished = end.over ? undefined : options.today;
  const seen = new Set(rowsOf(answers['sources-by-day']).map((row) => row.text('recorded_day')));
  const controls = controlsOf({
    answers,
    framework: stated,
    inForce: current,
    links,
    changes,
    days_expected: period.length,
    latest: await latestOf(reader, answers['control-latest'], problems),
  });
  const emitters = (
    await Promise.all(current.map((version) => emittersOf(reader, version, problems)))
  ).flat();
  const completeness = completenessOf(answers, emitters, scope, {
    ...{ until, unfinished, today: options.today },
  });
  const report: AuditReport = {
    schemaVersion: 1,
    scope,
    ...(options.engagement === undefined ? {} : { engagement: options.engagement }),
    standing: standingOf(
      {
        origin,
        verification: options.verification ?? {
          state: 'not_run',
          message: 'each entry that was read is under the signed root; the whole log was not read again',
        },
        period_over: end.over,
        to,
        last_day: logged.at(-1),
        days_expected: period.length,
        days_missing: period.filter((day) => !seen.has(day) && day !== unfinished),
        days_open: answers['control-days'].coverage.from_log.days,
        gaps: gapsOf(answers),
        completeness,
        problems: [
          ...problems,
          ...mapProblems,
          ...(stated === undefined
            ? [`no version in force at the end of the period lists the framework ${framework}`]
            : []),
        ],
      },
      options.today,
    ),
    checkpoint: { origin, size, root, level: options.level, period_end: { size: end.size, root: end.root } },
    framework: { id: framework, title: stated?.title ?? '', version: stated?.version ?? '' },
    denominators: denominatorsOf(controls),
    totals: totalsOf(answers),
    controls,
    changes,
    versions: told(versions, current, scope, before),
    overrides: { ...overridesOf(answers), ...overrideDays(answers['override-history'], versions, period) },
    completeness,
    funnel: rowsOf(answers['layer-funnel']).map((row) => ({
      layer: row.text('layer'),
      evaluated: row.number('evaluated'),
      failed: row.number('failed'),
      denied: row.number('denied'),
      overridden: row.number('overridden'),
      reached: row.number('reached'),
    })),
    time_stamps: rowsOf(answers['time-stamps']).map((row) => ({
      log_index: row.number('log_index'),
      at: row.text('observed_at'),
      size: row.number('size'),
      tsa: row.text('tsa'),
      token_digest: row.text('token_digest'),
    })),
    questions: Object.values(answers).map(({ query, row_count, coverage, result_digest }) => ({
      name: query.name,
      rows: row_count,
      complete: coverage.complete,
      result_digest,
    })),
  };
  return auditReportSchema.parse(report);
}

/** Versions that were announced in the period, and those that were in force when it began. */
function told(
  versions: readonly StatedVersion[],
  current: readonly StatedVersion[],
  { from }: Scope,
  before: string,
): AuditReport['versions'] {
  const begin = dayStart(from);
  const first = new Set(inForce(versions, begin));
  return versions
    .filter(
      (each) =>
        first.has(each) || current.includes(each) || (each.recorded_at >= begin && each.recorded_at < before),
    )
    .map((each) => ({
      log_index: each.log_index,
      record_id: each.record_id,
      recorded_at: each.recorded_at,
      revision: each.revision,
      bundle_digest: each.bundle_digest,
      control_map_digest: each.control_map_digest,
      lineage: each.lineage,
      in_force_at_begin: first.has(each),
    }));
}

/** Days and emitters that were said already are left out here. */
const SAID: ReadonlySet<string> = new Set(['day_not_closed', 'before_log', 'after_log']);

function gapsOf(answers: Answers): string[] {
  const all = Object.values(answers).flatMap(({ coverage, truncated, query }) => [
    ...coverage.gaps.filter(({ kind }) => !SAID.has(kind)).map(({ message }) => message),
    ...(truncated === undefined ? [] : [`${query.name}: ${truncated.message}`]),
  ]);
  return [...new Set(all)];
}

const emittersSchema = z.array(
  z.looseObject({
    name: z.string(),
    owner: z.string(),
    cadence: z.string(),
    since: z.string(),
    until: z.string().exactOptional(),
  }),
);

async function emittersOf(
  reader: LedgerReader,
  { emitters_digest }: StatedVersion,
  problems: string[],
): Promise<ExpectedEmitter[]> {
  if (emitters_digest === undefined || !isDigest(emitters_digest)) return [];
  const parsed = emittersSchema.safeParse(
    JSON.parse(new TextDecoder().decode(await reader.blob(emitters_digest))),
  );
  if (parsed.success) return parsed.data as ExpectedEmitter[];
  problems.push(`the list of expected emitters ${emitters_digest} is not of its form`);
  return [];
}
