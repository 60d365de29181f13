import { plural } from '../../record/index.ts';
import { columns, printable, wrap } from '../terminal/text.ts';
import type { ReplayReport, ReplayRow } from './schema.ts';

const WORDS = { same: 'same', differs: 'DIFFERS', cannot: 'CANNOT BE RE-PERFORMED' } as const;

/** One decision: what it is, what was found, and why. */
export function rowText(row: ReplayRow, width: number): string[] {
  const { outcome, record_id, policy_id, subject_id, recorded } = row;
  const name = [policy_id, subject_id].filter((part) => part !== undefined).join('  ');
  const then = recorded === undefined ? '' : `: ${recorded.verdict}, ${recorded.disposition}`;
  const lines = [`${record_id}  ${WORDS[outcome]}${then}`, ...indented(name, 2, width)];
  if (row.text !== undefined) lines.push(...indented(`${row.reason}: ${row.text}`, 2, width));
  for (const { field, recorded: old, again } of row.differences ?? [])
    lines.push(...indented(`${field}: recorded ${old ?? 'nothing'}, now ${again ?? 'nothing'}`, 2, width));
  for (const { text } of row.why ?? []) lines.push(...indented(`maybe because ${text}`, 2, width));
  return lines.map(printable);
}

function indented(text: string, by: number, width: number): string[] {
  return text === '' ? [] : wrap(printable(text), width - by).map((line) => `${' '.repeat(by)}${line}`);
}

/** On which log it stands. */
export function headText({ ledger, scope }: Pick<ReplayReport, 'ledger' | 'scope'>): string[] {
  return columns([
    ['evidence', printable(`${ledger.origin}, ${ledger.size} records`)],
    ...(scope === undefined
      ? []
      : [
          ['scope', `${scope.framework}${scope.control === undefined ? '' : `/${scope.control}`}`],
          ['period', `${scope.from} to ${scope.to}, by day of recording`],
        ]),
  ]);
}

/** The counts, each with what it is of. */
export function tailText(report: Omit<ReplayReport, 'results'>, width: number): string[] {
  const { counts, population, bundles } = report;
  const of = (count: number) => `${count} of ${counts.asked}`;
  const reasons = Object.entries(counts.reasons).map(([reason, count]) => `${count} ${reason}`);
  const trust = bundles.map(({ digest, revision, signed_by }) => [
    'bundle',
    printable(
      `${digest.slice(0, 19)} of ${revision.slice(0, 12)}, ${signed_by === undefined ? 'signature not checked' : `signed by ${signed_by}`}`,
    ),
  ]);
  const unsigned = bundles.some(({ signed_by }) => signed_by === undefined);
  return [
    '',
    ...columns(trust),
    ...(unsigned
      ? wrap('Signatures are checked with --bundle-key; without it a bundle is known by its digest.', width)
      : []),
    ...(bundles.length === 0 ? [] : ['']),
    ...(population === undefined ? [] : populationText(population, counts.asked, width)),
    ...columns([
      ['same', of(counts.same)],
      ['differ', of(counts.differs)],
      [
        'cannot be re-performed',
        `${of(counts.cannot)}${reasons.length === 0 ? '' : `: ${reasons.join(', ')}`}`,
      ],
    ]).flatMap((line) => wrap(line, width)),
    ...(population === undefined || counts.same + (counts.reasons.nothing_judged ?? 0) === 0
      ? []
      : wrap('Not listed: what is the same, and policies that found nothing. -o json has them.', width)),
    ...(counts.asked === 0 ? ['NOTHING was performed again'] : []),
  ];
}

function populationText(
  { decisions, not_asked, unknown }: NonNullable<ReplayReport['population']>,
  asked: number,
  width: number,
): string[] {
  return [
    ...wrap(
      `asked: ${asked} of ${plural(decisions, 'decision')} of the scope${not_asked === 0 ? '' : `; ${not_asked} beyond --limit were not`}`,
      width,
    ),
    ...(unknown === 0
      ? []
      : wrap(
          `of ${plural(unknown, 'decision')} the control map is not kept: they may be of another framework. In an engagement they are left out.`,
          width,
        )),
  ];
}

/** The text of rules, as the bundle has it; attacker-controlled, so nothing in it reaches the terminal but its letters. */
export function rulesText(rules: NonNullable<ReplayReport['rules']>): string[] {
  return rules.flatMap(({ policy_id, bundle_digest, files }) => [
    '',
    printable(`rules of ${policy_id}, of the bundle ${bundle_digest}`),
    ...(files.length === 0 ? ['  the bundle holds no such policy'] : []),
    ...files.flatMap(({ file, text }) => [
      printable(`--- ${file}`),
      ...text
        .trimEnd()
        .split('\n')
        .map((line) => printable(line.replaceAll('\t', '    '))),
    ]),
  ]);
}
