import { landingSections } from '../../../web/index.ts';
import type { Model } from '../beside/messages.ts';
import { framed, linkTo, type Visit } from '../visit.ts';

/** The audit's first page. */
export function landingPage(found: Visit & { model: Model }): string {
  const { engagement, model, portal } = found;
  const { framework, from, to, engagement: id } = engagement;
  const { verification } = portal.books;
  return framed(found, '', {
    title: `Audit of ${framework}, ${from} to ${to}`,
    sections: landingSections({
      sentences: sentencesOf(model),
      checkpoint: model.checkpoint,
      continuations: model.continuations.map(({ of, size, root, to: now, proof }) => ({
        ...{ of, size, root, proof: proof.length, to: now.size },
      })),
      verification: `${verification.state.replace('_', ' ')}: ${verification.message}`,
      commands: [
        `exhibit verify pack ${id}.zip --vkey log.vkey`,
        `exhibit engagement answer ${id} --evidence evidence --vkey log.vkey`,
      ],
      not_covered: uncovered(model),
      record: `/portal/e/${id}/record`,
    }),
    footer: `Permalink of this state: ${portal.origin}${linkTo(found, '')}`,
  });
}

/** What the period has, each number with what it is of; then what is known to be missing. */
export function sentencesOf({ controls, denominators, totals, standing, scope }: Model): string[] {
  const mapped = controls.filter(({ kind }) => kind === 'automated' || kind === 'partly');
  const whole = mapped.filter((each) => each.days_with_evidence >= each.days_expected).length;
  const none = mapped.filter(({ days_with_evidence }) => days_with_evidence === 0).length;
  const sum = (field: 'fail' | 'exceptions' | 'decisions') =>
    controls.reduce((total, each) => total + each[field], 0);
  const count = (n: number) => n.toLocaleString('en-US');
  const { decisions, fail, waived, undecided, exceptions } = totals;
  return [
    `Of ${denominators.controls} controls of ${scope.framework}, policies speak to ${mapped.length}: ${whole} of these had evidence (a pass or a fail) on every day expected, ${mapped.length - whole - none} on some days, ${none} on none; ${denominators.controls - mapped.length} are not automated.`,
    `Of ${count(decisions)} decisions, each counted once, ${count(fail)} were fails, of which ${count(waived)} were waived by an override, and ${count(undecided)} could not be decided. There are ${count(exceptions)} exceptions: a subject that failed a policy is one, however often it failed, and stays one where it passed later or was waived.`,
    `Counted for each control that they count for, these are ${count(sum('decisions'))} decisions, ${count(sum('fail'))} fails, and ${count(sum('exceptions'))} exceptions in ${denominators.with_exceptions} controls: the pages of controls have these numbers.`,
    missingWords(standing),
  ];
}

function missingWords({ complete, days_expected, days_open, missing }: Model['standing']): string {
  if (complete) return `Nothing of the ${days_expected} days of the period is known to be missing.`;
  const known = missing.map(({ message }) => message);
  const open = days_open.length === 0 ? [] : [`${days_open.length} of its days are not closed`];
  const all = [...known, ...open];
  return all.length === 0
    ? 'The evidence of the period is NOT COMPLETE: the first lines of this page say why.'
    : `The evidence of the period is NOT COMPLETE: ${all.join('; ')}. Completeness lists each; the first lines of this page say what else is not known.`;
}

function uncovered({ controls }: Model): string[] {
  const without = controls.filter(({ kind }) => kind === 'none' || kind === 'manual');
  return without.map(({ id, title, kind, documents: { handed_in, in_force } }) =>
    kind === 'manual'
      ? `${id} ${title}: needs documents, and no policy judges it; ${handed_in === 0 ? 'none was handed in' : `${handed_in} handed in, ${in_force} in force on the last day`}`
      : `${id} ${title}: no policy speaks to it, and no documents are asked for`,
  );
}
