import type { RespondConfig } from './config.ts';
import { type Deadline, deadline } from './due.ts';
import { type Article23, article23 } from './nis2.ts';
import { type Owner, type OwnerSources, ownerOf } from './owner.ts';
import type { Projection } from './project.ts';
import { type Delivery, isOpen, type RawFinding } from './types.ts';

/** A finding with what the configuration says of it. */
export interface Finding extends RawFinding {
  owner: Owner;
  deadline: Deadline;
  article23?: Article23;
}

/** What weakens a list of findings, in words. */
export interface Evaluated {
  findings: Finding[];
  weaknesses: string[];
}

/**
 * Owner, due date, escalation and incident clock of each finding. Sorted by what needs somebody first: open before closed, then by due
 * date.
 * @param now Unix milliseconds
 */
export function evaluateFindings(
  projection: Projection,
  config: RespondConfig,
  sources: OwnerSources,
  now: number,
): Evaluated {
  const findings = projection.findings.map((raw): Finding => {
    const clock = article23(raw, now);
    return {
      ...raw,
      owner: ownerOf(raw, config.owners, sources),
      deadline: deadline(raw, config, now),
      ...(clock === undefined ? {} : { article23: clock }),
    };
  });
  findings.sort(
    (a, b) =>
      Number(isOpen(b.state)) - Number(isOpen(a.state)) ||
      a.deadline.due - b.deadline.due ||
      (a.id < b.id ? -1 : 1),
  );
  const ownerless = findings.filter(({ owner, state }) => owner.weak && isOpen(state)).length;
  const withdrawn = findings.filter(({ state }) => state === 'withdrawn').length;
  const uncertain = findings.filter(
    ({ deliveries }) => deliveries.length > 0 && uncertainOf(deliveries) > 0,
  ).length;
  return {
    findings,
    weaknesses: [
      ...(ownerless === 0
        ? []
        : [`${ownerless} open without an owner: they are of ${config.owners.default}, the default`]),
      ...(withdrawn === 0
        ? []
        : [
            `${withdrawn} withdrawn: the policy is in no bundle any more, and nothing shows that it was mended`,
          ]),
      ...(uncertain === 0 ? [] : [`${uncertain} with a notice that may or may not have arrived`]),
      ...(projection.orphans.length === 0
        ? []
        : [`${projection.orphans.length} responses name a finding that is not in the log`]),
      ...findings.flatMap(({ id, notes }) => notes.map((note) => `${id}: ${note}`)),
    ],
  };
}

/** Notices that were begun and of which no end is known. */
export function uncertainOf(deliveries: readonly Delivery[]): number {
  const last = new Map<string, Delivery>();
  for (const each of deliveries)
    if ((last.get(each.key)?.number ?? 0) < each.number) last.set(each.key, each);
  return [...last.values()].filter(({ outcome }) => outcome === 'sending').length;
}
