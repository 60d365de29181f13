import { matchesGlob } from '../../engine/index.ts';
import { LONGEST_DAYS, type LongestDays, type OverrideScope } from '../../policy/index.ts';
import { DAY_MILLISECONDS, ExhibitError, formatInstant, type Severity } from '../../record/index.ts';
import type { CheckDocument } from '../report/schema.ts';

/** Days that an override is proposed for, where the policy lets it last so long. */
const USUAL_DAYS = 30;

/** Last day, YYYY-MM-DD, of an override that begins today and lasts no longer than it may. */
export function proposeSunset(
  today: number,
  severity: Severity,
  longest: LongestDays = LONGEST_DAYS,
): string {
  // Its first day counts: from today to today is one day.
  const days = Math.min(USUAL_DAYS, longest[severity]) - 1;
  return formatInstant(today + days * DAY_MILLISECONDS).slice(0, 10);
}

type Result = CheckDocument['results'][number];

/** The fails of a report that an override could be for: of one policy where it is named, and not waived yet. */
export function openFails(report: CheckDocument, policy: string | undefined): Result[] {
  return report.results.filter(
    ({ verdict, policy_id, disposition }) =>
      verdict === 'fail' && disposition !== 'waived' && (policy === undefined || policy_id === policy),
  );
}

/**
 * The policy that a report's fails are of.
 * @throws ExhibitError USAGE where there is none, or more than one
 */
export function policyOf(fails: readonly Result[]): string {
  const ids = [...new Set(fails.map(({ policy_id }) => policy_id))].sort();
  const [only] = ids;
  if (only !== undefined && ids.length === 1) return only;
  throw new ExhibitError(
    'USAGE',
    only === undefined
      ? 'the report holds no fail that is not waived'
      : 'the report holds fails of several policies',
    {
      hint: only === undefined ? 'An override is for a fail.' : `Name one with --policy: ${ids.join(', ')}.`,
    },
  );
}

/**
 * The subjects that failed, each by its id, in the repository and the environments of the report: as narrow as it can be. A plan address
 * is an id within one project only.
 * @throws ExhibitError USAGE where an id holds a star: a scope reads it as any text, and has no other way to write it
 */
export function proposeScope({ repository }: CheckDocument, fails: readonly Result[]): OverrideScope {
  const subjects = [...new Set(fails.map(({ subject }) => subject.id))].sort();
  const stated = fails.map(({ subject }) => subject.environment);
  const environments = [...new Set(stated.filter((each) => each !== undefined))].sort();
  const scope = {
    subjects,
    // A subject that states none would not match.
    ...(environments.length === 0 || stated.includes(undefined) ? {} : { environments }),
    ...(repository === undefined ? {} : { repositories: [repository] }),
  };
  const wide = Object.values(scope)
    .flat()
    .filter((id) => id.includes('*'));
  if (wide.length > 0)
    throw new ExhibitError(
      'USAGE',
      `a scope would read the * in ${wide.map((id) => JSON.stringify(id)).join(', ')} as any text, and cover other subjects too`,
      { hint: 'Rename the subject, or say with --subject what the override may cover.' },
    );
  return scope;
}

/**
 * How many fails of a report a scope covers, and how many subjects that did not fail.
 */
export function measure(
  report: CheckDocument,
  policy: string,
  scope: OverrideScope,
): { fails: number; others: number } {
  const any = (patterns: readonly string[] | undefined, text: string | undefined) =>
    patterns === undefined || (text !== undefined && patterns.some((pattern) => matchesGlob(pattern, text)));
  const covered = report.results.filter(
    ({ policy_id, subject, file }) =>
      policy_id === policy &&
      any(scope.subjects, subject.id) &&
      any(scope.types, subject.type) &&
      any(scope.environments, subject.environment) &&
      any(scope.repositories, report.repository) &&
      any(scope.layers, report.layer) &&
      any(scope.files, file),
  );
  const fails = covered.filter(({ verdict }) => verdict === 'fail').length;
  return { fails, others: covered.length - fails };
}

/** A plain name for a file and an id: lower-case words joined by `-`. */
export function slug(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80);
}
