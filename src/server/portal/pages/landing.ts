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

/** Three sentences, each number with what it is of. */
export function sentencesOf({ controls, denominators, standing, scope }: Model): string[] {
  const mapped = controls.filter(({ kind }) => kind === 'automated' || kind === 'partly');
  const whole = mapped.filter((each) => each.days_with_evidence >= each.days_expected).length;
  const none = mapped.filter(({ days_with_evidence }) => days_with_evidence === 0).length;
  const sum = (field: 'fail' | 'waived' | 'undecided' | 'exceptions' | 'decisions') =>
    controls.reduce((total, each) => total + each[field], 0);
  const count = (n: number) => n.toLocaleString('en-US');
  return [
    `Of ${denominators.controls} controls of ${scope.framework}, policies speak to ${mapped.length}: ${whole} of these had evidence on every day expected, ${mapped.length - whole - none} on some days, ${none} on none; ${denominators.controls - mapped.length} are not automated.`,
    `Of ${count(sum('decisions'))} decisions counted by control, ${count(sum('fail'))} were fails, of which ${count(sum('waived'))} were waived by an override, and ${count(sum('undecided'))} could not be decided; there are ${count(sum('exceptions'))} exceptions, in ${denominators.with_exceptions} controls.`,
    standing.complete
      ? `Nothing of the ${standing.days_expected} days of the period is known to be missing.`
      : `The evidence of the period is NOT COMPLETE: ${standing.days_missing.length} of ${standing.days_expected} days have no record, ${standing.days_open.length} are not closed; the first lines of this page say what else.`,
  ];
}

function uncovered({ controls }: Model): string[] {
  const without = controls.filter(({ kind }) => kind === 'none' || kind === 'manual');
  return without.map(({ id, title, kind, documents: { handed_in, in_force } }) =>
    kind === 'manual'
      ? `${id} ${title}: needs documents, and no policy judges it; ${handed_in === 0 ? 'none was handed in' : `${handed_in} handed in, ${in_force} in force on the last day`}`
      : `${id} ${title}: no policy speaks to it, and no documents are asked for`,
  );
}
