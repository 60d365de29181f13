import { formatInstant, plural } from '../../record/index.ts';
import type { Summary, VerifiedSummary } from '../../verify/index.ts';

/** How many of a list are named; the rest is counted. */
const NAMED = 10;

/** What a summary says, as label and value. */
export function rowsOf(summary: Summary & Partial<VerifiedSummary>): string[][] {
  const { predicate, extension, subjects, signers, matched, not_looked_at = [] } = summary;
  const { bundle, overrides, not_attested } = extension;
  const about = matched ?? subjects;
  return [
    ...(signers ?? []).map(({ name, id }) => ['signed by', `${name} (${id})`]),
    ...about
      .slice(0, NAMED)
      .map(({ name, annotations, digest }) => [
        'about',
        `${annotations.kind} ${name} sha256:${digest.sha256}`,
      ]),
    ...(about.length > NAMED ? [['', `and ${about.length - NAMED} more`]] : []),
    ['result', `${predicate.verificationResult}, ${predicate.verifiedLevels.join(', ')}`],
    ['run', `${extension.run_id}, at ${predicate.timeVerified}, blocking from ${extension.fail_on} on`],
    ['for', predicate.resourceUri],
    ['policies', `${bundle.lineage} ${bundle.revision}, of ${formatInstant(bundle.serial * 1000)}`],
    ['bundle', bundle.digest],
    ...overrides.map(({ id, policy_id, sunset }) => ['waived', `${policy_id} by ${id}, until ${sunset}`]),
    ['until', extension.expires],
    ...not_attested.slice(0, NAMED).map(({ name, why }) => ['not attested', `${name}: ${why}`]),
    ...(not_attested.length > NAMED
      ? [['', `and ${plural(not_attested.length - NAMED, 'more thing')}, listed in it`]]
      : []),
    ...not_looked_at.map((what) => ['not shown', `${what} that came with it: nobody looked at them`]),
  ];
}
