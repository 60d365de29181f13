import { type Coverage, daysOf, daysWithoutRecords, type QueryAnswer } from '../../lake/index.ts';
import { formatInstant, generatedWarning } from '../../record/index.ts';
import { type Missing, recordedGaps, recordless } from '../report/missing.ts';
import { requestFor } from '../scope/request.ts';
import { type PeriodEnd, periodEnd, type Scope } from '../scope/scope.ts';
import type { Ask, Source } from '../scope/source.ts';
import { type ControlAnswer, controlsOf } from './controls.ts';

/** What an engagement's first page says: each control of the framework, and how complete that is. */
export interface Answer {
  scope: Scope;
  /** In plain words what the period does not have: days to come, days without a record, days that are not closed. */
  caveats: string[];
  period_end: PeriodEnd;
  controls: ControlAnswer[];
  /** By manifests: days of the period that are closed, and files that were read for these answers, each compared byte for byte. */
  files: { closed_days: number; expected: number; found: number; rows_expected: number; rows_found: number };
  overrides: { listed: number; used: number };
  gap_records: number;
  /** The questions behind it: anybody can ask them again, and compare the digest. */
  questions: {
    name: string;
    parameters: Record<string, string>;
    row_count: number;
    result_digest: string;
    complete: boolean;
    ledger: { size: number; root: string };
  }[];
  gaps: Coverage['gaps'];
  /** What of the period is known to be missing, by its days and by recorded gaps. Runs and numbers of sources are those of the report on completeness. */
  missing: Missing[];
  /** Nothing that the questions read is missing. */
  complete: boolean;
}

export const ANSWERED_BY = [
  'framework-verdicts',
  'framework-coverage',
  'control-days',
  'overrides-in-force',
  'gap-records',
] as const;

/**
 * Answers every control of a scope by saved questions over the lake. Each file that is read is compared with the digest and the rows of its
 * manifest, which is a record of the log; the log itself is opened by `openShown`.
 * @param now Unix milliseconds
 * @throws ExhibitError what `query` throws
 */
export async function answerControls(
  { reader, ask }: Source & { ask: Ask },
  scope: Scope,
  now: number,
  progress: (done: number, total: number) => void = () => undefined,
): Promise<Answer> {
  const answers = new Map<string, QueryAnswer>();
  for (const [done, name] of ANSWERED_BY.entries()) {
    progress(done, ANSWERED_BY.length);
    answers.set(name, await ask(requestFor(name, scope), { check: 'digest' }));
  }
  const of = (name: (typeof ANSWERED_BY)[number]) => answers.get(name) as QueryAnswer;
  const all = [...answers.values()];
  const sum = (field: 'expected' | 'found' | 'rows_expected' | 'rows_found') =>
    all.reduce((total, { coverage }) => total + coverage[field], 0);
  const generated = generatedWarning(reader.origin);
  const gaps = distinctGaps(all.flatMap(({ coverage }) => coverage.gaps));
  const today = formatInstant(now).slice(0, 10);
  const days = daysOf(scope).filter((day) => day <= today);
  // What did not come yet on a day that is not over is not missing.
  const over = days.filter((day) => day < today);
  return {
    scope,
    caveats: [
      ...(generated === undefined ? [] : [generated]),
      ...caveatsOf(scope, now, of('framework-verdicts').coverage),
    ],
    period_end: await periodEnd(reader, scope),
    controls: controlsOf(of('framework-verdicts'), of('framework-coverage'), of('control-days')),
    files: {
      closed_days: of('framework-verdicts').coverage.closed_days,
      expected: sum('expected'),
      found: sum('found'),
      rows_expected: sum('rows_expected'),
      rows_found: sum('rows_found'),
    },
    overrides: {
      listed: of('overrides-in-force').row_count,
      used: usedOf(of('overrides-in-force')),
    },
    gap_records: of('gap-records').row_count,
    questions: all.map(({ query: asked, row_count, result_digest, coverage, ledger }) => ({
      ...{ name: asked.name, parameters: asked.parameters, row_count, result_digest },
      complete: coverage.complete,
      ledger: { size: ledger.size, root: ledger.root },
    })),
    gaps,
    missing: [
      ...recordless(await daysWithoutRecords(reader, over), days.length),
      ...recordedGaps(of('gap-records').row_count),
    ],
    complete: all.every(({ coverage }) => coverage.complete),
  };
}

function usedOf({ columns, rows }: QueryAnswer): number {
  const at = columns.findIndex(({ name }) => name === 'uses');
  return rows.filter((row) => Number(row[at]) > 0).length;
}

function distinctGaps(gaps: Coverage['gaps']): Coverage['gaps'] {
  return [...new Map(gaps.map((gap) => [`${gap.kind} ${gap.message}`, gap])).values()];
}

/** A period of which a part has not come has no evidence of that part: said first, since an empty day looks like a quiet one. */
function caveatsOf({ from, to }: Scope, now: number, { gaps }: Coverage): string[] {
  const today = formatInstant(now).slice(0, 10);
  const ahead =
    to >= today
      ? [`The period is not over: of ${from > today ? from : today} to ${to} there is no whole evidence yet.`]
      : [];
  const told = gaps
    .filter(({ kind }) => kind === 'before_log' || kind === 'after_log' || kind === 'day_not_closed')
    .map(({ message }) => message);
  return [...ahead, ...told];
}
