import { plural } from '../../record/index.ts';
import { columns, printable, wrap } from '../terminal/text.ts';
import type { ImpactReport } from './schema.ts';

const CAUSES = {
  policy: '',
  not_reproduced: 'the policies of then do not give the recorded verdict on the stored input either',
  unknown: 'the policies of then are not kept, so the redaction may be why',
} as const;

/** How complete it is, then the counts, then every verdict that would change. Nothing is cut off. */
export function impactText(report: ImpactReport, width: number): string[] {
  const { period, bundle, decisions, inputs, verdicts, differences } = report;
  const not_compared = [
    ...(decisions.without_input === 0 ? [] : [`${decisions.without_input} decisions have no stored input`]),
    ...(decisions.simulated === 0 ? [] : [`${decisions.simulated} were simulations`]),
    ...(inputs.not_stored === 0
      ? []
      : [`${plural(inputs.not_stored, 'input')} named by records but not there`]),
  ];
  return [
    ...columns([
      ['period', `${period.from} to ${period.to}, by day of recording`],
      ['evidence', `${report.ledger.origin}, ${report.ledger.size} records`],
      ['policies', `${bundle.named} (${bundle.revision})`],
      ['judged again', `${plural(inputs.judged, 'input')} of ${plural(decisions.total, 'decision')}`],
      ['not compared', not_compared.length === 0 ? 'nothing' : not_compared.join(', ')],
    ]),
    '',
    ...(report.complete
      ? []
      : [inputs.judged === 0 ? 'NOT COMPLETE: nothing was compared' : 'NOT COMPLETE: see above', '']),
    `${verdicts.same} verdicts stay, ${verdicts.different} would change`,
    ...columns(verdicts.transitions.map(({ old, new: now, count }) => [`  ${old} to ${now}`, String(count)])),
    ...[...Map.groupBy(differences, ({ policy_id }) => policy_id)].flatMap(([policy, all]) => [
      '',
      printable(policy),
      ...all.flatMap((one) => [
        ...wrap(
          printable(
            `${one.old} to ${one.new}  ${one.subject_id}  (${one.layer}${one.file === '' ? '' : `, ${one.file}`})`,
          ),
          width - 2,
        ).map((line, i) => `${i === 0 ? '  ' : '      '}${line}`),
        ...(one.cause === 'policy' ? [] : wrap(CAUSES[one.cause], width - 6).map((line) => `      ${line}`)),
      ]),
    ]),
  ];
}
